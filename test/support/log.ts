import { openEmbeddedEventReader } from '#event-store/embedded';
import type { StoredEvent } from '#event-store';
import { decodeEvent, START, type RecordedEvent } from '#kernel';

export interface WholeLog {
  readonly epoch: string;
  readonly events: readonly StoredEvent[];
  /** By event id; a foreign event is not among them. */
  readonly recorded: readonly (RecordedEvent & { readonly position: StoredEvent['position'] })[];
}

/** All that stands in the log of a folder, in its order. */
export async function readLog(folder: string): Promise<WholeLog> {
  const reader = openEmbeddedEventReader({ folder });
  try {
    const events: StoredEvent[] = [];
    for (let after = START; ; after = events.at(-1)!.position) {
      const batch = reader.readAllBatch(after, 10_000);
      if (batch.length === 0) break;
      events.push(...batch);
    }
    const recorded = events.flatMap((event) => {
      const ours = decodeEvent(event, {});
      return ours === undefined ? [] : [{ ...ours, position: event.position }];
    });
    return { epoch: reader.epoch, events, recorded };
  } finally {
    await reader.close();
  }
}

/** Items by a key of theirs, each group in the order of the whole. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, [item]);
    else found.push(item);
  }
  return groups;
}

export const byStream = <T extends { readonly stream: string }>(events: readonly T[]): Map<string, T[]> =>
  groupedBy(events, ({ stream }) => stream);
