import { comparePositions, newId, START, type Json, type Position } from '#kernel';
import { orNone } from '../or-none.js';
import type { EventReader, EventStore, NewEvent, StoredEvent } from '../port.js';
import { unpackPairs, type Moved } from './position-table.js';

/** Which logs this one came out of, oldest first. It lies in the log itself, where every process finds it. */
export const PREDECESSORS_STREAM = 'redress-predecessors';
/** Where the events of a log that was moved stand now. */
export const positionsStream = (epoch: string): string => `redress-positions-${epoch}`;

const RESTORED = 'LogRestored';
const MOVED = 'LogMoved';

/** A log that this one goes on from. Up to `last` of it, all that it said is said here too. */
interface Predecessor {
  readonly epoch: string;
  readonly last: Position;
  /** Restored: every event stands where it stood. Moved: a table says where. */
  readonly kind: 'restored' | 'moved';
}

/** `foreign`: of a log that this one knows nothing of. `lost`: behind the end of what was restored or moved. */
export type Translated = Position | 'foreign' | 'lost';

/** Puts on record that the log goes on from a backup of another one, which ended at `last`. */
export const recordRestored = (store: EventStore, epoch: string, last: Position): Promise<void> =>
  record(store, RESTORED, epoch, last);

/** Puts on record that all of a log up to `last` was copied into this one; the table of positions is there already. */
export const recordMoved = (store: EventStore, epoch: string, last: Position): Promise<void> =>
  record(store, MOVED, epoch, last);

async function record(store: EventStore, type: string, epoch: string, last: Position): Promise<void> {
  const known = await streamOf(store, PREDECESSORS_STREAM);
  const data: Json = { epoch, commit: String(last.commit), prepare: String(last.prepare) };
  const expected = known.length === 0 ? ('no_stream' as const) : known.at(-1)!.revision;
  await store.append(PREDECESSORS_STREAM, expected, [newEvent(type, data)]);
}

const newEvent = (type: string, data: Json): NewEvent => ({
  id: newId(),
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.alloc(0),
});

/** Translates positions of the logs that this one came out of (EVENTS.md 4). */
export class Predecessors {
  private known: readonly Predecessor[] | undefined;

  constructor(private readonly reader: EventReader) {}

  /** Where a reader of an old log goes on, who has read it up to and with `position`. */
  async translate(epoch: string, position: Position): Promise<Translated> {
    if (comparePositions(position, START) === 0) return START;
    this.known ??= await predecessorsIn(this.reader);
    let at = this.known.findIndex((it) => it.epoch === epoch);
    if (at < 0) return 'foreign';
    let now = position;
    for (; at < this.known.length; at++) {
      const { kind, last, epoch: old } = this.known[at]!;
      if (comparePositions(now, last) > 0) return 'lost';
      if (kind === 'moved') now = await this.moved(old, now);
    }
    return now;
  }

  /** The new place of the last event at or before the position. */
  private async moved(epoch: string, position: Position): Promise<Position> {
    const stream = positionsStream(epoch);
    const [end] = await lastOf(this.reader, stream);
    if (end === undefined) return START;
    let [low, high] = [0n, end.revision];
    // Chunks rise as their pairs do: the last one that begins at or before the position has it.
    while (low < high) {
      const middle = (low + high + 1n) / 2n;
      if (comparePositions((await this.chunk(stream, middle))[0]!.from, position) <= 0) low = middle;
      else high = middle - 1n;
    }
    return (await this.chunk(stream, low)).findLast(({ from }) => comparePositions(from, position) <= 0)?.to ?? START;
  }

  private async chunk(stream: string, revision: bigint): Promise<readonly Moved[]> {
    const [event] = await this.reader.readStream(stream, { from: revision, maxCount: 1 });
    return unpackPairs(event!.data);
  }
}

export async function predecessorsIn(reader: EventReader): Promise<readonly Predecessor[]> {
  const events = await streamOf(reader, PREDECESSORS_STREAM);
  return events.map(({ type, data }) => {
    const said = JSON.parse(Buffer.from(data).toString()) as { epoch: string; commit: string; prepare: string };
    const last = { commit: BigInt(said.commit), prepare: BigInt(said.prepare) };
    return { epoch: said.epoch, last, kind: type === RESTORED ? 'restored' : 'moved' };
  });
}

/** The events of a stream, none where there is no such stream. */
export const streamOf = (reader: EventReader, stream: string): Promise<StoredEvent[]> =>
  orNone(reader.readStream(stream));

const lastOf = (reader: EventReader, stream: string): Promise<StoredEvent[]> =>
  orNone(reader.readStream(stream, { direction: 'backwards', maxCount: 1 }));
