import type { CaseKind, Channel, Phase, Severity } from '#cases';
import type { Instant } from '#kernel';
import { residual } from '#sql';
import { sql, type ExpressionBuilder, type Kysely, type SelectQueryBuilder } from 'kysely';
import type { ViewsSchema } from '../schema.js';
import { FILTER_COLUMNS, type BoardRow, type BoardSort, type FilterColumn } from './tables.js';
import { searchFor, type AskedTerm, type Search } from './terms.js';

export interface BoardFilter {
  /** Several are alternatives. */
  readonly state?: readonly Phase[];
  readonly severity?: Severity;
  readonly category?: string;
  readonly unit?: string;
  readonly owner?: string;
  readonly channel?: Channel;
  readonly kind?: CaseKind;
  /** Words and phrases that must all be there, the last letters of words left out or not. */
  readonly text?: string;
  /** Exactly this one. */
  readonly externalReference?: string;
  /** A deadline is past, decided or not. */
  readonly overdue?: boolean;
  /** Default: `nextDue`, cases without a running deadline last. */
  readonly sort?: BoardSort;
  /** Default: `asc`. */
  readonly direction?: 'asc' | 'desc';
  /** 1 to 200, default 50. */
  readonly limit?: number;
  /** From the page before; with the same filter and sort. */
  readonly cursor?: string;
  /** The instant as of which deadlines are past (EVENTS.md 17). */
  readonly at: Instant;
}

export type Db = Kysely<ViewsSchema>;
export type BoardQuery = SelectQueryBuilder<ViewsSchema, 'case_board', BoardRow>;
type Condition = (query: BoardQuery) => BoardQuery;

/** Beyond this many rows it is cheaper to walk along the sort and pass over what does not match. */
const FEW_ROWS = 3_000;
const FEW_HITS = 1_500;
const HIGHEST = '\u{10FFFF}';

/** How to find the rows: alternatives that exclude each other, each with the index it leads with. */
export interface Plan {
  readonly branches: readonly Condition[];
  /** Whether rows come by the order of the sort from an index, or few are found and then sorted. */
  readonly walksAlongSort: boolean;
}

/** Chooses what leads: the rarest of the filters, so that as few rows as possible are passed over. */
export async function planFor(db: Db, filter: BoardFilter): Promise<Plan> {
  const search = filter.text === undefined ? undefined : searchFor(filter.text);
  if (search?.patterns.length === 0) return { branches: [], walksAlongSort: true };
  if (filter.externalReference !== undefined) {
    const reference = filter.externalReference;
    const exact: Condition = (query) => query.where('external_reference', '=', reference);
    return { branches: [allOf(exact, others(db, filter, undefined, search))], walksAlongSort: false };
  }
  const [column, rows] = await rarestColumn(db, filter);
  const [term, hits] = await rarestTerm(db, search);
  if (term && hits < Math.min(rows, FEW_HITS)) {
    const hit: Condition = (query) => query.where('case_no', 'in', (eb) => casesWith(eb, term));
    return { branches: [allOf(hit, others(db, filter, undefined, search))], walksAlongSort: false };
  }
  const rest = others(db, filter, column, search);
  return { branches: leading(filter, column).map((lead) => allOf(lead, rest)), walksAlongSort: true };
}

const allOf =
  (...conditions: readonly Condition[]): Condition =>
  (query) =>
    conditions.reduce((narrowed, condition) => condition(narrowed), query);

type Lead = FilterColumn | 'overdue' | undefined;

function leading({ at, ...filter }: BoardFilter, column: Lead): Condition[] {
  if (column === undefined) return [(query) => query];
  if (column === 'overdue') {
    return [
      (query) => query.where(sql<boolean>`broken = 1`),
      (query) => query.where(sql<boolean>`+broken = 0`).where('next_due_at', '<', at),
    ];
  }
  return valuesOf(filter, column).map((value) => (query) => query.where(column, '=', value as never));
}

/** All filters but the one that leads, kept from choosing an index. */
function others(db: Db, filter: BoardFilter, lead: Lead, search: Search | undefined): Condition {
  return (query) => {
    let narrowed = query;
    for (const column of FILTER_COLUMNS) {
      const values = valuesOf(filter, column);
      if (column !== lead && values.length > 0) narrowed = narrowed.where(residual(db, column), 'in', values);
    }
    if (filter.overdue !== undefined && lead !== 'overdue') {
      const past = sql<boolean>`(${residual(db, 'broken')} = 1 or coalesce(next_due_at, ${HIGHEST}) < ${filter.at})`;
      narrowed = narrowed.where(filter.overdue ? past : sql<boolean>`not ${past}`);
    }
    if (search) narrowed = narrowed.where((eb) => eb.exists(textMatching(eb, search)));
    return narrowed;
  };
}

function textMatching(eb: ExpressionBuilder<ViewsSchema, 'case_board'>, { patterns }: Search) {
  const texts = eb
    .selectFrom('case_text')
    .select('case_text.case_id')
    .whereRef('case_text.case_id', '=', 'case_board.case_id');
  return patterns.reduce((query, it) => query.where(sql<boolean>`case_text.text like ${it}`), texts);
}

function casesWith(eb: ExpressionBuilder<ViewsSchema, 'case_board'>, term: AskedTerm) {
  const hits = eb.selectFrom('case_term').select('case_term.case_no');
  return term.match === 'whole'
    ? hits.where('term', '=', term.text)
    : hits.where('term', '>=', term.text).where('term', '<', term.text + HIGHEST);
}

async function rarestColumn(db: Db, filter: BoardFilter): Promise<[Lead, number]> {
  const present: Lead[] = FILTER_COLUMNS.filter((column) => valuesOf(filter, column).length > 0);
  if (filter.overdue === true) present.push('overdue');
  // With one filter and no text there is nothing to choose from.
  if (present.length === 0) return [undefined, Infinity];
  if (present.length === 1 && filter.text === undefined) return [present[0], 0];
  const counted = await Promise.all(present.map(async (lead) => [lead, await countUpTo(db, filter, lead)] as const));
  const [rarest, rows] = counted.reduce((a, b) => (b[1] < a[1] ? b : a));
  return [rarest, rows];
}

async function countUpTo(db: Db, filter: BoardFilter, lead: Lead): Promise<number> {
  const counts = await Promise.all(
    leading(filter, lead).map(async (condition) => {
      const rows = condition(db.selectFrom('case_board') as unknown as BoardQuery).clearSelect();
      const few = rows.select('case_no').limit(FEW_ROWS).as('few');
      const { count } = await db
        .selectFrom(few)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function rarestTerm(db: Db, search: Search | undefined): Promise<[AskedTerm | undefined, number]> {
  const counted = await Promise.all(
    (search?.terms ?? []).map(async (term) => [term, await hitsUpTo(db, term)] as const),
  );
  return counted.reduce<[AskedTerm | undefined, number]>(
    (a, [term, hits]) => (hits < a[1] ? [term, hits] : a),
    [undefined, Infinity],
  );
}

async function hitsUpTo(db: Db, term: AskedTerm): Promise<number> {
  const hits = db.selectFrom('case_term').select('case_no');
  const found =
    term.match === 'whole'
      ? hits.where('term', '=', term.text)
      : hits.where('term', '>=', term.text).where('term', '<', term.text + HIGHEST);
  const few = found.limit(FEW_HITS).as('few');
  const { count } = await db
    .selectFrom(few)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function valuesOf(filter: Omit<BoardFilter, 'at'>, column: FilterColumn): readonly string[] {
  if (column === 'phase') return [...new Set(filter.state ?? [])];
  const value = filter[column];
  return value === undefined ? [] : [value];
}
