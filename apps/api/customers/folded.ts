import { StreamNotFound, type EventStore } from '#event-store';
import { foldStream, type Aggregate } from '#execution';
import type { DomainEvent } from '#kernel';

/** A stream as it stands now, whoever wrote to it; undefined where there is none. */
export async function foldedNow<S, E extends DomainEvent, P>(
  store: EventStore,
  aggregate: Aggregate<S, E, P>,
  id: string,
): Promise<S | undefined> {
  try {
    return foldStream(aggregate, await store.readStream(`${aggregate.category}-${id}`), store.epoch).state;
  } catch (error) {
    if (error instanceof StreamNotFound) return undefined;
    throw error;
  }
}
