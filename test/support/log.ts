import type { StoredEvent } from '#event-store';
import { decodeEvent, type RecordedEvent } from '#kernel';
import { openLogReader } from '../../apps/worker/log-reader.js';

export interface WholeLog {
  readonly epoch: string;
  readonly events: readonly StoredEvent[];
  /** By event id; a foreign event is not among them. */
  readonly recorded: readonly (RecordedEvent & { readonly position: StoredEvent['position'] })[];
}

/** What an adapter writes down of the log itself. */
const NAME_STREAM = 'redress-log';
const PAGE = 1_000;

/** All that stands in the log of a folder, or in the EventStoreDB that is named, in its order. */
export async function readLog(folder: string, eventStoreUrl?: string): Promise<WholeLog> {
  const reader = await openLogReader({ folder, eventStoreUrl });
  try {
    const all: StoredEvent[] = [];
    for (let after: StoredEvent | undefined; ; after = all.at(-1)) {
      const page = await reader.readAll({ from: after?.position ?? 'start', maxCount: PAGE + 1 });
      const fresh = after === undefined ? page : page.slice(1);
      if (fresh.length === 0) break;
      all.push(...fresh);
    }
    const events = all.filter(({ stream }) => stream !== NAME_STREAM);
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
