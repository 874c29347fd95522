import { comparePositions, START, type Position } from '#kernel';
import { ALL } from './checks.js';
import type { GroupInfo } from './consumer-groups.js';
import { StreamDeleted } from './errors.js';
import { orNone } from './or-none.js';
import type { EventReader, StoredEvent } from './port.js';

/** What of its stream a group has not read yet. */
export interface GroupLag {
  /** How many events; undefined in `$all`, where nobody counts them, and where the store does not say how far the group is. */
  readonly unread: bigint | undefined;
  /** When the first of them was written, milliseconds since 1970; undefined where there is none. */
  readonly sinceMs: number | undefined;
}

const NOTHING: GroupLag = { unread: 0n, sinceMs: undefined };
const UNKNOWN: GroupLag = { unread: undefined, sinceMs: undefined };
const PAGE = 100;

/** How far a group is behind the log. It reads an event or two of it. */
export async function groupLag(reader: EventReader, { stream, read, startFrom }: GroupInfo): Promise<GroupLag> {
  if (stream === ALL) return typeof read === 'bigint' ? UNKNOWN : lagInAll(reader, read, startFrom);
  if (typeof read === 'object') return UNKNOWN;
  // Who has read nothing begins where it was told to; where the end was when it was told so is not known.
  if (read === undefined && startFrom === 'end') return UNKNOWN;
  const next = read !== undefined ? read + 1n : typeof startFrom === 'bigint' ? startFrom : 0n;
  return lagInStream(reader, stream, next);
}

async function lagInStream(reader: EventReader, stream: string, next: bigint): Promise<GroupLag> {
  try {
    const [last] = await orNone(reader.readStream(stream, { direction: 'backwards', maxCount: 1 }));
    if (last === undefined || last.revision < next) return NOTHING;
    const [first] = await orNone(reader.readStream(stream, { from: next, maxCount: 1 }));
    return { unread: last.revision - next + 1n, sinceMs: (first ?? last).createdMs };
  } catch (error) {
    if (error instanceof StreamDeleted) return NOTHING;
    throw error;
  }
}

async function lagInAll(
  reader: EventReader,
  read: Position | undefined,
  startFrom: GroupInfo['startFrom'],
): Promise<GroupLag> {
  if (read === undefined && startFrom === 'end') return UNKNOWN;
  const from = read ?? (typeof startFrom === 'object' ? startFrom : START);
  const end = await reader.lastDelivered();
  if (end === undefined || comparePositions(end, from) <= 0) return UNKNOWN;
  const page = await reader.readAll({ from: comparePositions(from, START) === 0 ? 'start' : from, maxCount: PAGE });
  const isNew = ({ position, type }: StoredEvent): boolean =>
    comparePositions(position, from) > 0 && !type.startsWith('$');
  return { unread: undefined, sinceMs: (page.find(isNew) ?? page.at(-1))?.createdMs };
}
