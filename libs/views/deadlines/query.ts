import type { Severity } from '#cases';
import { refuse, type Instant, type Refusal } from '#kernel';
import { residual } from '#sql';
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { ViewsSchema } from '../schema.js';
import type { DeadlineRow, DeadlineState } from './tables.js';

export interface DeadlineFilter {
  /** Default `running`: what breaks next. A running one that is past counts as missed (EVENTS.md 17). */
  readonly state?: DeadlineState;
  readonly clock?: string;
  readonly unit?: string;
  readonly owner?: string;
  readonly severity?: Severity;
  /** Deadlines of imported history that nobody has taken over are left out unless asked for. */
  readonly asleep?: true;
  /** Default: `asc`, the earliest first. */
  readonly direction?: 'asc' | 'desc';
  /** 1 to 200, default 50. */
  readonly limit?: number;
  readonly cursor?: string;
  /** The instant as of which deadlines are past. */
  readonly at: Instant;
}

export interface DeadlineItem {
  readonly caseId: string;
  readonly clock: string;
  readonly run: number;
  readonly promiseId: string | null;
  readonly startsAt: Instant;
  readonly dueAt: Instant;
  readonly budget: string;
  readonly source: string;
  readonly state: DeadlineState;
  /** The highest percentage of the budget of which it was warned. */
  readonly warnedPercent: number | null;
  /** K-10: it reaches a year whose public holidays are not published yet. */
  readonly provisional: boolean;
  readonly metAt: Instant | null;
  readonly fulfilledAt: Instant | null;
  readonly corrected: { readonly from: DeadlineState; readonly cause: string } | null;
  readonly unit: string | null;
  readonly owner: string | null;
  readonly severity: Severity;
}

export interface DeadlinePage {
  readonly items: readonly DeadlineItem[];
  readonly next: string | undefined;
}

type Db = Kysely<ViewsSchema>;
type DeadlineQuery = SelectQueryBuilder<ViewsSchema, 'deadline', DeadlineRow>;

const MOST_ROWS = 200;
const LEADS = ['owner', 'clock', 'unit', 'severity'] as const;

/**
 * Deadlines by the instant at which they break.
 * @returns `CURSOR_MALFORMED`
 */
export async function deadlinesQuery(db: Db, filter: DeadlineFilter): Promise<DeadlinePage | Refusal> {
  const { state = 'running', direction = 'asc', at } = filter;
  const limit = Math.min(Math.max(filter.limit ?? 50, 1), MOST_ROWS);
  const kind = `deadlines.${state}.${direction}`;
  const after = filter.cursor === undefined ? [] : decodeCursor(filter.cursor, kind, 3);
  if (!after) return refuse('CURSOR_MALFORMED');
  const page = (query: DeadlineQuery): DeadlineQuery => paged(db, query, filter, direction, after.slice(1), limit + 1);
  const found = await Promise.all(branches(db, state, at).map((branch) => page(branch).execute()));
  const sign = direction === 'asc' ? 1 : -1;
  const rows = found.flat().sort((a, b) => sign * (compare(a.due_at, b.due_at) || a.seq - b.seq));
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => itemOf(row, at)),
    next: rows.length > limit && last ? encodeCursor([kind, last.due_at, last.seq]) : undefined,
  };
}

/** Something that comes due: what a timer waits for, in the order of the instants. */
export interface ComesDue {
  readonly caseId: string;
  readonly at: Instant;
  readonly seq: number;
}

/** The earliest instant from `from` on at which something breaks or is warned of in any case; undefined where nothing does. */
export async function nextDue(db: Db, from: Instant): Promise<Instant | undefined> {
  const row = await waited(db).where('wake_at', '>=', from).limit(1).executeTakeFirst();
  return row?.at;
}

/** What is due strictly before an instant, the earliest first, behind `after` (EVENTS.md 12). A case may be there more than once. */
export function dueBefore(db: Db, before: Instant, limit: number, after?: ComesDue): Promise<ComesDue[]> {
  const due = waited(db).where('wake_at', '<', before).limit(limit);
  return (after === undefined ? due : due.where(sql<boolean>`(wake_at, seq) > (${after.at}, ${after.seq})`)).execute();
}

const waited = (db: Db) =>
  db
    .selectFrom('deadline')
    .select(['case_id as caseId', sql<Instant>`wake_at`.as('at'), 'seq'])
    .where('wake_at', 'is not', null)
    .where('asleep', '=', 0)
    .orderBy('wake_at')
    .orderBy('seq');

function branches(db: Db, state: DeadlineState, at: Instant): DeadlineQuery[] {
  const all = db.selectFrom('deadline').selectAll() as DeadlineQuery;
  switch (state) {
    case 'running':
      return [all.where('state', '=', 'running').where('due_at', '>=', at)];
    case 'missed':
      return [all.where('state', '=', 'missed'), all.where('state', '=', 'running').where('due_at', '<', at)];
    case 'paused':
    case 'met':
    case 'cancelled':
      return [all.where('state', '=', state)];
    default:
      return state satisfies never;
  }
}

function paged(
  db: Db,
  query: DeadlineQuery,
  filter: DeadlineFilter,
  direction: 'asc' | 'desc',
  [dueAt, seq]: readonly (string | number | null)[],
  limit: number,
): DeadlineQuery {
  const lead = LEADS.find((column) => filter[column] !== undefined);
  let narrowed = query;
  for (const column of LEADS) {
    const value = filter[column];
    if (value === undefined) continue;
    narrowed = narrowed.where(column === lead ? column : (residual(db, column) as never), '=', value as never);
  }
  if (!filter.asleep) narrowed = narrowed.where(lead ? (residual(db, 'asleep') as never) : 'asleep', '=', 0 as never);
  if (dueAt !== undefined) {
    const beyond = sql.raw(direction === 'asc' ? '>' : '<');
    narrowed = narrowed.where(sql<boolean>`(due_at, seq) ${beyond} (${dueAt}, ${seq})`);
  }
  return narrowed.orderBy('due_at', direction).orderBy('seq', direction).limit(limit);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const itemOf = (row: DeadlineRow, at: Instant): DeadlineItem => ({
  caseId: row.case_id,
  clock: row.clock,
  run: row.run,
  promiseId: row.promise_id,
  startsAt: row.starts_at,
  dueAt: row.due_at,
  budget: row.budget,
  source: row.source,
  state: row.state === 'running' && row.due_at < at ? 'missed' : row.state,
  warnedPercent: row.warned_percent,
  provisional: row.provisional === 1,
  metAt: row.met_at,
  fulfilledAt: row.fulfilled_at,
  corrected: row.corrected_from === null ? null : { from: row.corrected_from, cause: row.correction_cause ?? '' },
  unit: row.unit,
  owner: row.owner,
  severity: row.severity,
});

/** K-10: the cases with a deadline that a publication of holidays may move, in the order of their ids. */
export async function provisionalCases(db: Db, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('deadline')
    .select('case_id')
    .distinct()
    .where('provisional', '=', 1)
    .where('state', 'in', ['running', 'paused', 'missed'])
    .where('case_id', '>', after)
    .orderBy('case_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.case_id);
}
