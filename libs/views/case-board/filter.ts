import type { CaseKind, Channel, Phase, Severity } from '#cases';
import type { Instant } from '#kernel';
import { residual, withoutNul } from '#sql';
import { sql } from 'kysely';
import type { BoardQuery, Condition, Db } from './condition.js';
import { dueBranches, dueWithin, overdueBranches, overdueOrNot } from './due.js';
import { FILTER_COLUMNS, type BoardSort, type FilterColumn } from './tables.js';
import { searchFor } from './terms.js';
import { leadingTerm, wordsOf } from './text-search.js';

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
  /** Whether it is a repeat by any rule. */
  readonly repeat?: boolean;
  /** A deadline is past, decided or not. */
  readonly overdue?: boolean;
  /** A deadline runs that is not past and is due before this, whatever was missed before. */
  readonly dueBefore?: Instant;
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

/** Beyond this many rows it is cheaper to walk along the sort and pass over what does not match. */
const FEW_ROWS = 3_000;

/** How to find the rows: alternatives that exclude each other, each with the index it leads with. */
export interface Plan {
  readonly branches: readonly Condition[];
  /** Whether rows come by the order of the sort from an index, or few are found and then sorted. */
  readonly walksAlongSort: boolean;
}

/** Chooses what leads: the rarest of the filters, so that as few rows as possible are passed over. */
export async function planFor(db: Db, filter: BoardFilter): Promise<Plan> {
  const search = filter.text === undefined ? undefined : searchFor(filter.text);
  if (search?.terms.length === 0) return { branches: [], walksAlongSort: true };
  const words = search ? wordsOf(search) : everything;
  if (filter.externalReference !== undefined) {
    const reference = withoutNul(filter.externalReference);
    const exact: Condition = (query) => query.where('external_reference', '=', reference);
    return { branches: [allOf(exact, others(db, filter, undefined), words)], walksAlongSort: false };
  }
  const [rarest, rows] = await rarestColumn(db, filter);
  const column = rows >= FEW_ROWS && isNearOnItsSort(filter, rarest) ? undefined : rarest;
  const lead = search && (await leadingTerm(db, search, rows));
  if (lead) return { branches: [allOf(lead, others(db, filter, undefined))], walksAlongSort: false };
  const rest = allOf(others(db, filter, column), words);
  return { branches: leading(db, filter, column).map((first) => allOf(first, rest)), walksAlongSort: true };
}

const everything: Condition = (query) => query;

const allOf =
  (...conditions: readonly Condition[]): Condition =>
  (query) =>
    conditions.reduce((narrowed, condition) => condition(narrowed), query);

type Lead = FilterColumn | 'overdue' | 'dueBefore' | 'repeat' | undefined;

/**
 * Where very much is overdue and not settled yet, or soon due, the next page of it is near on any sort. What is soon due
 * stands together when it is sorted by that, and its own span of the index is nearer still.
 */
const isNearOnItsSort = ({ sort = 'nextDue' }: BoardFilter, lead: Lead): boolean =>
  lead === 'overdue' || (lead === 'dueBefore' && sort !== 'nextDue');

function leading(db: Db, { at, ...filter }: BoardFilter, column: Lead): Condition[] {
  if (column === undefined) return [everything];
  if (column === 'overdue') return overdueBranches(at);
  if (column === 'repeat') return [(query) => query.where(sql<boolean>`repeated = 1`)];
  if (column === 'dueBefore') return dueBranches(db, { at, before: filter.dueBefore ?? at });
  return valuesOf(filter, column).map((value) => (query) => query.where(column, '=', value as never));
}

/** All filters but the one that leads, kept from choosing an index. */
function others(db: Db, filter: BoardFilter, lead: Lead): Condition {
  return (query) => {
    let narrowed = query;
    for (const column of FILTER_COLUMNS) {
      const values = valuesOf(filter, column);
      if (column !== lead && values.length > 0) narrowed = narrowed.where(residual(db, column), 'in', values);
    }
    const { at, overdue, dueBefore, repeat } = filter;
    if (repeat !== undefined && lead !== 'repeat') {
      narrowed = narrowed.where(residual(db, 'repeated'), '=', Number(repeat));
    }
    if (overdue !== undefined && lead !== 'overdue') narrowed = overdueOrNot(db, at, overdue)(narrowed);
    if (dueBefore !== undefined && lead !== 'dueBefore') narrowed = dueWithin(db, { at, before: dueBefore })(narrowed);
    return narrowed;
  };
}

async function rarestColumn(db: Db, filter: BoardFilter): Promise<[Lead, number]> {
  const present: Lead[] = FILTER_COLUMNS.filter((column) => valuesOf(filter, column).length > 0);
  if (filter.overdue === true) present.push('overdue');
  if (filter.dueBefore !== undefined) present.push('dueBefore');
  if (filter.repeat === true) present.push('repeat');
  // With one filter and no text there is nothing to choose from.
  if (present.length === 0) return [undefined, Infinity];
  if (present.length === 1 && filter.text === undefined && !isNearOnItsSort(filter, present[0])) return [present[0], 0];
  const counted = await Promise.all(present.map(async (lead) => [lead, await countUpTo(db, filter, lead)] as const));
  const [rarest, rows] = counted.reduce((a, b) => (b[1] < a[1] ? b : a));
  return [rarest, rows];
}

async function countUpTo(db: Db, filter: BoardFilter, lead: Lead): Promise<number> {
  const counts = await Promise.all(
    leading(db, filter, lead).map(async (condition) => {
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

function valuesOf(filter: Omit<BoardFilter, 'at'>, column: FilterColumn): readonly string[] {
  if (column === 'phase') return [...new Set(filter.state ?? [])];
  const value = filter[column];
  return value === undefined ? [] : [value];
}
