import { claimedHash, foreignHash, GENESIS } from '#audit';
import {
  decodeEvent,
  positionToken,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Recorded,
  type RecordedEvent,
} from '#kernel';
import type { StoredEvent } from '#event-store';
import type { Aggregate } from './aggregate.js';

/** What became of a command that the stream has taken. */
export interface TakenCommand {
  readonly digest: string;
  /** The last revision it wrote, and that event's position token. */
  readonly revision: number;
  readonly position: string;
  /** The ETag of the first answer. */
  readonly etag: number;
  readonly result: JsonObject;
}

/** Where a stream stands, apart from what its events mean. */
export interface StreamHead {
  /** -1 where there is no event. */
  readonly revision: number;
  readonly hash: string;
  readonly recordedAt: Instant;
  /** The last revision that a person or another system caused: a timer's event must not make an edit stale. */
  readonly etag: number;
  readonly position: string;
  /** Grows in place while the stream grows: it is shared by the heads of one stream's history. */
  readonly commands: Map<string, TakenCommand>;
  readonly foreign: readonly number[];
}

export interface Folded<S> {
  readonly state: S;
  readonly head: StreamHead;
}

/** The command id of what the engine settles by itself, under whatever command it came due (EVENTS.md 12). */
export const SETTLEMENT = 'settlement';

export const emptyHead = (): StreamHead => ({
  revision: -1,
  hash: GENESIS,
  recordedAt: '',
  etag: -1,
  position: '',
  commands: new Map(),
  foreign: [],
});

/** Folds a stream from its first event. A foreign event is chained and flagged, and otherwise ignored (EVENTS.md 3). */
export function foldStream<S, E extends DomainEvent, P>(
  aggregate: Aggregate<S, E, P>,
  stored: readonly StoredEvent[],
  epoch: string,
): Folded<S> {
  let state = aggregate.initial;
  let head = emptyHead();
  for (const event of stored) {
    const recorded = decodeEvent(event, aggregate.upcasts);
    const position = positionToken(epoch, event.position);
    if (recorded === undefined) {
      const revision = Number(event.revision);
      head = { ...head, revision, hash: foreignHash(event, head.hash), position, foreign: [...head.foreign, revision] };
      continue;
    }
    state = aggregate.evolve(state, recorded as Recorded<E>);
    head = advance(head, recorded, claimedHash(event.metadata) ?? recorded.meta.hash, position);
  }
  return { state, head };
}

/** The head behind one more event of ours. */
export function advance(head: StreamHead, event: RecordedEvent, hash: string, position: string): StreamHead {
  const { meta, revision } = event;
  const etag = meta.actor.role === 'engine' ? head.etag : revision;
  if (meta.command.id !== SETTLEMENT) {
    const { digest, result } = meta.command;
    head.commands.set(meta.command.id, { digest, revision, position, etag, result: result ?? {} });
  }
  return {
    ...head,
    revision,
    hash,
    recordedAt: meta.recordedAt,
    etag,
    position,
  };
}
