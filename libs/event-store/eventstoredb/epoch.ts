import { randomInt } from 'node:crypto';
import { newId } from '#kernel';
import { StreamNotFound, WrongExpectedRevision } from '../errors.js';
import type { EventStore } from '../port.js';

/** EventStoreDB gives its log no name, so that the first who opens it writes one down. */
export const NAME_STREAM = 'redress-log';
const TYPE = 'LogNamed';

const newEpoch = (): string => Array.from({ length: 8 }, () => randomInt(36).toString(36)).join('');

/** The name of the log, for good (EVENTS.md 4). Of several who open it at once one names it. */
export async function epochOf(store: Pick<EventStore, 'append' | 'readStream'>): Promise<string> {
  const known = await namedBefore(store);
  if (known !== undefined) return known;
  const epoch = newEpoch();
  try {
    await store.append(NAME_STREAM, 'no_stream', [
      {
        id: newId(),
        type: TYPE,
        contentType: 'application/json',
        data: Buffer.from(JSON.stringify({ epoch })),
        metadata: Buffer.alloc(0),
      },
    ]);
    return epoch;
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    return (await namedBefore(store))!;
  }
}

async function namedBefore(store: Pick<EventStore, 'readStream'>): Promise<string | undefined> {
  try {
    const [event] = await store.readStream(NAME_STREAM, { maxCount: 1 });
    return event && (JSON.parse(Buffer.from(event.data).toString()) as { epoch: string }).epoch;
  } catch (error) {
    if (error instanceof StreamNotFound) return undefined;
    throw error;
  }
}
