import { decodeEvent, type Instant, type JsonObject, type OpenedPart, type Upcasts } from '#kernel';
import type { EventReader } from '#event-store';
import { erasedKeysIn, openParts, type LostKey, type Vault } from '#privacy';
import type { Kysely } from 'kysely';
import type { ViewsSchema } from '../schema.js';
import type { TimelineRow } from './tables.js';

export interface TimelineEntry {
  readonly position: number;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: { readonly id: string; readonly role: string; readonly unit: string | null };
  readonly rule: string | null;
  readonly policy: { readonly pack: string; readonly version: string };
  readonly historical: boolean;
  readonly data: JsonObject;
  /** Opened from the stream at this reading; nothing of it is stored. Empty where the reader may not see it. */
  readonly personal: Readonly<Record<string, OpenedPart>>;
}

export interface TimelineFilter {
  readonly caseId: string;
  /** Events that the view does not have are left out: up to this instant, by which of the two times. */
  readonly asOf?: Instant;
  readonly by?: 'recorded' | 'occurred';
}

/** What opens the personal parts, where the reader may see them. */
export interface TimelineSources {
  readonly reader: Pick<EventReader, 'readStream'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly upcasts: Upcasts;
  readonly onLost?: (lost: LostKey) => void;
}

const STREAM_PAGE = 1_000;

/** The events of a case in the order of its stream, by occurred time in that order. Empty where there is no such case. */
export async function caseTimeline(
  db: Kysely<ViewsSchema>,
  { caseId, asOf, by = 'recorded' }: TimelineFilter,
  sources?: TimelineSources,
): Promise<TimelineEntry[]> {
  const column = by === 'recorded' ? 'recorded_at' : 'occurred_at';
  let query = db.selectFrom('case_timeline').selectAll().where('case_id', '=', caseId);
  if (asOf !== undefined) query = query.where(column, '<=', asOf);
  const ordered = by === 'occurred' ? query.orderBy('occurred_at') : query;
  const rows = await ordered.orderBy('revision').execute();
  const personal = sources && rows.length > 0 ? await personalOf(`case-${caseId}`, sources) : undefined;
  return rows.map((row) => entryOf(row, personal?.get(row.event_id) ?? {}));
}

async function personalOf(
  stream: string,
  { reader, vault, upcasts, onLost }: TimelineSources,
): Promise<Map<string, TimelineEntry['personal']>> {
  const recorded = [];
  for (let from = 0n; ; from += BigInt(STREAM_PAGE)) {
    const page = await reader.readStream(stream, { from, maxCount: STREAM_PAGE });
    recorded.push(...page.flatMap((event) => decodeEvent(event, upcasts) ?? []));
    if (page.length < STREAM_PAGE) break;
  }
  const erased = erasedKeysIn(recorded);
  const opened = await openParts(vault, async () => erased, recorded, onLost);
  return new Map(opened.map(({ id, personal }) => [id, personal]));
}

const entryOf = (row: TimelineRow, personal: TimelineEntry['personal']): TimelineEntry => ({
  position: row.position,
  revision: row.revision,
  eventId: row.event_id,
  type: row.type,
  occurredAt: row.occurred_at,
  recordedAt: row.recorded_at,
  actor: { id: row.actor_id, role: row.actor_role, unit: row.actor_unit },
  rule: row.rule,
  policy: { pack: row.policy_pack, version: row.policy_version },
  historical: row.historical === 1,
  data: JSON.parse(row.data) as JsonObject,
  personal,
});
