import { comparePositions, type Position } from '#kernel';
import type { EventReader, StoredEvent } from '../port.js';

const PAGE = 1_000;
/** Where a log on EventStoreDB keeps its name, which is its own and nobody else's. */
const NAME_STREAM = 'redress-log';

/** What every store writes for itself: it is not copied, and no part of what is compared. */
export const isOfTheStore = ({ stream, type }: StoredEvent): boolean =>
  stream.startsWith('$') || type.startsWith('$') || stream === NAME_STREAM;

/** The events of a log in their order, those that are left out aside; `after` is exclusive. */
export async function* eventsOf(
  reader: EventReader,
  isLeftOut: (event: StoredEvent) => boolean,
  after?: Position,
): AsyncGenerator<StoredEvent> {
  for (let last = after; ;) {
    const read = await reader.readAll({ from: last ?? 'start', maxCount: PAGE });
    // Reading forwards is inclusive.
    const fresh = read.filter(({ position }) => last === undefined || comparePositions(position, last) > 0);
    if (fresh.length === 0) return;
    for (const event of fresh) if (!isLeftOut(event)) yield event;
    last = fresh.at(-1)!.position;
  }
}

/** The events at or before a position; all of them where none is said. */
export async function* upTo(
  end: Position | undefined,
  events: AsyncGenerator<StoredEvent>,
): AsyncGenerator<StoredEvent, undefined> {
  for await (const event of events) {
    if (end !== undefined && comparePositions(event.position, end) > 0) return;
    yield event;
  }
}
