import { comparePositions, START } from '#kernel';
import { ALL } from './checks.js';
import type { GroupInfo } from './consumer-groups.js';
import { StreamDeleted } from './errors.js';
import { orNone } from './or-none.js';
import type { EventReader, StoredEvent } from './port.js';

/** What of its stream a group has not settled yet. */
export interface GroupLag {
  /** How many events; undefined in `$all` where more wait than the group reads ahead, which nobody counts. */
  readonly events: number | undefined;
  /**
   * When the first event behind its checkpoint was written, milliseconds since 1970; undefined where nothing is to be settled, or
   * the store does not say. It is at most as old: what is settled behind a checkpoint is not known.
   */
  readonly sinceMs: number | undefined;
}

const PAGE = 100;

/** How far a group is behind the log. It reads an event or two of it. */
export async function groupLag(reader: EventReader, info: GroupInfo): Promise<GroupLag> {
  const events = await lagOf(reader, info);
  if (events === 0) return { events, sinceMs: undefined };
  const first = info.stream === ALL ? await nextInAll(reader, info) : await nextInStream(reader, info);
  return { events, sinceMs: first?.createdMs };
}

/** Groups read ahead, whether or not anybody consumes: where there is room in the buffer there is nothing else. */
async function lagOf(reader: EventReader, { stream, read, waiting, inFlight, settings }: GroupInfo) {
  const inHand = waiting + inFlight;
  if (waiting + settings.readBatchSize < settings.historyBufferSize) return inHand;
  if (stream === ALL || typeof read !== 'bigint') return undefined;
  const [last] = await ofStream(reader.readStream(stream, { direction: 'backwards', maxCount: 1 }));
  return inHand + Math.max(0, Number((last?.revision ?? read) - read));
}

async function nextInStream(reader: EventReader, { stream, checkpoint, startFrom }: GroupInfo) {
  const from = typeof checkpoint === 'bigint' ? checkpoint + 1n : startFrom;
  if (from === 'end' || typeof from === 'object') return undefined;
  return (await ofStream(reader.readStream(stream, { from, maxCount: 1 })))[0];
}

async function nextInAll(reader: EventReader, { checkpoint, startFrom }: GroupInfo) {
  const settled = typeof checkpoint === 'object' ? checkpoint : START;
  const from = typeof checkpoint === 'object' ? checkpoint : startFrom;
  if (from === 'end' || typeof from === 'bigint') return undefined;
  const page = await reader.readAll({ from, maxCount: PAGE });
  const isNext = ({ position, type }: StoredEvent): boolean =>
    comparePositions(position, settled) > 0 && !type.startsWith('$');
  return page.find(isNext);
}

/** No events where the stream is not there, or not any more. */
async function ofStream(reading: Promise<StoredEvent[]>): Promise<StoredEvent[]> {
  try {
    return await orNone(reading);
  } catch (error) {
    if (error instanceof StreamDeleted) return [];
    throw error;
  }
}
