import type { CaseKind, Channel, Phase, Severity } from '#cases';
import { refuse, type Instant, type Refusal } from '#kernel';
import { residual } from '#sql';
import { sql } from 'kysely';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { BoardQuery, Db } from './condition.js';
import { planFor, type BoardFilter, type Plan } from './filter.js';
import { openEscalations } from './reducers.js';
import { namesIn, nameOf, runsOf } from './runs.js';
import { SORTS, type BoardRow, type BoardSort } from './tables.js';

export interface BoardItem {
  readonly caseId: string;
  /** What people call it on the phone: the first eight digits of the id. */
  readonly ref: string;
  readonly kind: CaseKind;
  readonly phase: Phase | 'none';
  readonly severity: Severity;
  readonly category: string | null;
  readonly unit: string | null;
  readonly owner: string | null;
  readonly channel: Channel | null;
  readonly persons: number;
  readonly subject: string | null;
  readonly excerpt: string | null;
  readonly complainant: string | null;
  readonly externalReference: string | null;
  /** When it happened (I-3). */
  readonly receivedAt: Instant | null;
  readonly recordedAt: Instant;
  readonly updatedAt: Instant;
  /** The earliest deadline that has no verdict yet; `missed` where it is past at the instant asked for (EVENTS.md 17). */
  readonly nextDue: { readonly clock: string; readonly dueAt: Instant; readonly missed: boolean } | null;
  /** Verdicts on record, and deadlines that are past without one. */
  readonly missedCount: number;
  /** How many of the missed ones were done all the same, late. */
  readonly doneLateCount: number;
  readonly overdue: boolean;
  /** How many clocks stand still, how many of which was warned are not past yet. */
  readonly pausedCount: number;
  readonly warnedCount: number;
  /** K-10: some deadline leans on public holidays that are not published yet. */
  readonly provisional: boolean;
  readonly reopenCount: number;
  readonly escalated: boolean;
  /** E-1: the highest level that is called in and has not acknowledged; 0 where there is none. */
  readonly escalationLevel: number;
  /** E-1: whom the highest one called in. */
  readonly escalatedTo: readonly string[];
  /** it is a repeat by some rule of its pack. */
  readonly repeat: boolean;
  readonly policy: { readonly pack: string; readonly version: string };
  readonly receiver: string | null;
  readonly historical: boolean;
  readonly foreign: boolean;
  readonly revision: number;
  readonly position: number;
}

export interface BoardPage {
  readonly items: readonly BoardItem[];
  /** The cursor of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

const MOST_ROWS = 200;

/** Behind which row the page begins. `segment` 1 holds the cases without a value to sort by: they come last. */
interface Start {
  readonly segment: 0 | 1;
  readonly after: { readonly value: string | number | null; readonly caseNo: number } | undefined;
}

/**
 * A page of the board.
 * @returns `CURSOR_MALFORMED` where the cursor is not of this sort
 */
export async function caseBoard(db: Db, filter: BoardFilter): Promise<BoardPage | Refusal> {
  const { sort = 'nextDue', direction = 'asc', at } = filter;
  const limit = Math.min(Math.max(filter.limit ?? 50, 1), MOST_ROWS);
  const start = startOf(filter.cursor, sort, direction);
  if (!start) return refuse('CURSOR_MALFORMED');
  const plan = await planFor(db, filter);
  const rows: BoardRow[] = [];
  for (let from: Start = start; plan.branches.length > 0; from = { segment: 1, after: undefined }) {
    rows.push(...(await segmentRows(db, plan, { sort, direction, from, limit: limit + 1 - rows.length })));
    if (rows.length > limit || from.segment === 1) break;
  }
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => itemOf(row, at)),
    next: rows.length > limit && last ? cursorOf(last, sort, direction) : undefined,
  };
}

interface Segment {
  readonly sort: BoardSort;
  readonly direction: 'asc' | 'desc';
  readonly from: Start;
  readonly limit: number;
}

async function segmentRows(db: Db, plan: Plan, segment: Segment): Promise<BoardRow[]> {
  const { sort, direction, limit } = segment;
  const queries = plan.branches.map((condition) =>
    segmentQuery(db, condition(db.selectFrom('case_board').selectAll() as BoardQuery), plan, segment),
  );
  const [first, ...rest] = queries;
  if (rest.length === 0) return first!.execute();
  // Each alternative reads its own index in order; what they give is merged.
  const all = rest.reduce(
    (union, query) => union.unionAll(db.selectFrom(query.as('branch')).selectAll() as never),
    db.selectFrom(first!.as('branch')).selectAll(),
  );
  return all.orderBy(SORTS[sort], direction).orderBy('case_no', direction).limit(limit).execute();
}

function segmentQuery(db: Db, query: BoardQuery, { walksAlongSort }: Plan, segment: Segment): BoardQuery {
  const { sort, direction, from, limit } = segment;
  const column = SORTS[sort];
  const { after } = from;
  const beyond = sql.raw(direction === 'asc' ? '>' : '<');
  let narrowed = query.where(column, from.segment === 0 ? 'is not' : 'is', null);
  if (after && from.segment === 0) {
    narrowed = narrowed.where(sql<boolean>`(${sql.ref(column)}, case_no) ${beyond} (${after.value}, ${after.caseNo})`);
  } else if (after) {
    narrowed = narrowed.where(sql<boolean>`case_no ${beyond} ${after.caseNo}`);
  }
  const ordered = walksAlongSort
    ? narrowed.orderBy(column, direction).orderBy('case_no', direction)
    : narrowed.orderBy(residual(db, column), direction).orderBy(residual(db, 'case_no'), direction);
  return ordered.limit(limit);
}

function startOf(cursor: string | undefined, sort: BoardSort, direction: string): Start | undefined {
  if (cursor === undefined) return { segment: 0, after: undefined };
  const parts = decodeCursor(cursor, `${sort}.${direction}`, 3);
  const [, value, caseNo] = parts ?? [];
  if (typeof caseNo !== 'number' || value === undefined) return undefined;
  return { segment: value === null ? 1 : 0, after: { value, caseNo } };
}

const cursorOf = (row: BoardRow, sort: BoardSort, direction: string): string =>
  encodeCursor([`${sort}.${direction}`, row[SORTS[sort]], row.case_no]);

/** A row as of an instant: what is past counts as missed, whether or not somebody has settled it (EVENTS.md 17). */
export function itemOf(row: BoardRow, at: Instant): BoardItem {
  const judged = row.historical === 0 || row.taken_over === 1;
  const runs = runsOf(row);
  const past = judged ? runs.filter(([due]) => due < at).length : 0;
  const pausedRuns = namesIn(row.paused);
  const ahead = new Set([
    ...runs.filter(([due]) => due >= at).map(([, of, run]) => nameOf({ clock: of, run })),
    ...pausedRuns,
  ]);
  const highest = openEscalations(row).toSorted((a, b) => b[1] - a[1])[0];
  const { next_due_at: dueAt, next_due_clock: clock } = row;
  return {
    caseId: row.case_id,
    ref: row.case_id.slice(0, 8).toUpperCase(),
    kind: row.kind,
    phase: row.phase,
    severity: row.severity,
    category: row.category,
    unit: row.unit,
    owner: row.owner,
    channel: row.channel,
    persons: row.persons,
    subject: row.subject,
    excerpt: row.excerpt,
    complainant: row.complainant,
    externalReference: row.external_reference,
    receivedAt: row.received_at,
    recordedAt: row.recorded_at,
    updatedAt: row.updated_at,
    nextDue: dueAt === null || clock === null ? null : { clock, dueAt, missed: dueAt < at },
    missedCount: row.missed_count + past,
    doneLateCount: Math.max(0, row.missed_count - namesIn(row.owed).length),
    overdue: row.broken === 1 || past > 0,
    pausedCount: pausedRuns.length,
    warnedCount: namesIn(row.warned).filter((name) => ahead.has(name)).length,
    provisional: namesIn(row.provisional).some((name) => ahead.has(name)),
    reopenCount: row.reopen_count,
    escalated: row.escalated === 1,
    escalationLevel: highest?.[1] ?? 0,
    escalatedTo: highest?.[2] ?? [],
    repeat: row.repeated === 1,
    policy: { pack: row.pack, version: row.pack_version },
    receiver: row.receiver,
    historical: row.historical === 1,
    foreign: row.foreign_events > 0,
    revision: row.last_revision,
    position: row.last_position,
  };
}
