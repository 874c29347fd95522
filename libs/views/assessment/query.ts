import { refuse, type Instant, type Refusal } from '#kernel';
import { sql, type Kysely } from 'kysely';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { ViewsSchema } from '../schema.js';

/** What was due from `from` on and before `to`. */
export interface AssessmentFilter {
  readonly from: Instant;
  readonly to: Instant;
  readonly unit?: string;
  readonly owedBy?: string;
  readonly clock?: string;
}

export interface AssessmentItem {
  readonly caseId: string;
  readonly clock: string;
  readonly run: number;
  /** '' where nothing says who. */
  readonly owedBy: string;
  readonly unit: string;
  readonly dueAt: Instant;
  readonly fulfilledAt: Instant | null;
}

export interface AssessmentPage {
  readonly items: readonly AssessmentItem[];
  readonly next: string | undefined;
}

/** How many runs were missed, and how many of them were done all the same. */
export interface Lateness {
  readonly clock: string;
  readonly missed: number;
  readonly doneLate: number;
}

type Db = Kysely<ViewsSchema>;

const KIND = 'assessment';
const MOST_ROWS = 200;

/**
 * O-3: what was missed and who owed it, by the due instant.
 * @returns `CURSOR_MALFORMED`
 */
export async function assessmentQuery(
  db: Db,
  filter: AssessmentFilter,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<AssessmentPage | Refusal> {
  const limit = Math.min(Math.max(page.limit ?? 50, 1), MOST_ROWS);
  const after = page.cursor === undefined ? [] : decodeCursor(page.cursor, KIND, 4);
  if (!after) return refuse('CURSOR_MALFORMED');
  let query = within(db, filter).selectAll();
  const [, dueAt, seq, owedBy] = after;
  if (dueAt !== undefined) query = query.where(sql<boolean>`(due_at, seq, owed_by) > (${dueAt}, ${seq}, ${owedBy})`);
  const ordered = query.orderBy('due_at').orderBy('seq').orderBy('owed_by');
  const rows = await ordered.limit(limit + 1).execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => ({
      caseId: row.case_id,
      clock: row.clock,
      run: row.run,
      owedBy: row.owed_by,
      unit: row.unit,
      dueAt: row.due_at,
      fulfilledAt: row.fulfilled_at,
    })),
    next: rows.length > limit && last ? encodeCursor([KIND, last.due_at, last.seq, last.owed_by]) : undefined,
  };
}

/** M-2: who was late how often, by clock. A run that several owed counts for each of them. */
export async function latenessByDebtor(
  db: Db,
  filter: AssessmentFilter,
): Promise<readonly (Lateness & { readonly owedBy: string })[]> {
  const rows = await within(db, filter)
    .select((eb) => ['owed_by as owedBy', 'clock', eb.fn.countAll<number>().as('missed'), doneLate])
    .groupBy(['owed_by', 'clock'])
    .orderBy('owed_by')
    .orderBy('clock')
    .execute();
  return rows.map((row) => ({ ...row, missed: Number(row.missed), doneLate: Number(row.doneLate) }));
}

/** M-2: in which unit how much was late, by clock. A run counts once. */
export async function latenessByUnit(
  db: Db,
  filter: AssessmentFilter,
): Promise<readonly (Lateness & { readonly unit: string })[]> {
  const once = filter.owedBy === undefined ? within(db, filter).where('leads', '=', 1) : within(db, filter);
  const rows = await once
    .select((eb) => ['unit', 'clock', eb.fn.countAll<number>().as('missed'), doneLate])
    .groupBy(['unit', 'clock'])
    .orderBy('unit')
    .orderBy('clock')
    .execute();
  return rows.map((row) => ({ ...row, missed: Number(row.missed), doneLate: Number(row.doneLate) }));
}

function within(db: Db, { from, to, unit, owedBy, clock }: AssessmentFilter) {
  let query = db.selectFrom('assessment').where('due_at', '>=', from).where('due_at', '<', to);
  if (unit !== undefined) query = query.where('unit', '=', unit);
  if (owedBy !== undefined) query = query.where('owed_by', '=', owedBy);
  return clock === undefined ? query : query.where('clock', '=', clock);
}

const doneLate = sql<number>`count(fulfilled_at)`.as('doneLate');
