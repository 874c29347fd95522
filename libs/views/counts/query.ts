import type { Phase, Severity } from '#cases';
import { plusMs, type Instant } from '#kernel';
import type { Kysely } from 'kysely';
import type { BoardQuery, Condition } from '../case-board/condition.js';
import { dueBranches, overdueBranches } from '../case-board/due.js';
import type { ViewsSchema } from '../schema.js';

export interface Counts {
  readonly cases: number;
  readonly byPhase: Readonly<Partial<Record<Phase, number>>>;
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
  /** Cases that no unit has are under ''. */
  readonly byUnit: Readonly<Record<string, number>>;
}

/** How many cases there are now. */
export async function counts(db: Kysely<ViewsSchema>): Promise<Counts> {
  const rows = await db.selectFrom('case_count').selectAll().orderBy('dimension').orderBy('value').execute();
  const by = (dimension: string): Record<string, number> =>
    Object.fromEntries(rows.filter((row) => row.dimension === dimension).map((row) => [row.value, row.cases]));
  return { cases: by('all')[''] ?? 0, byPhase: by('phase'), bySeverity: by('severity'), byUnit: by('unit') };
}

/** What is due within this counts as due soon. */
export const SOON_MS = 24 * 60 * 60 * 1000;

export interface DueCounts {
  /** Cases that are worked on and missed a deadline, and those that are past one without a verdict. */
  readonly overdue: number;
  /** Cases in which something breaks within `SOON_MS`, overdue ones among them. */
  readonly dueSoon: number;
}

/** How many cases are late, and how many soon will be, as of an instant: worked out when asked, for time goes on without events. */
export async function dueCounts(db: Kysely<ViewsSchema>, at: Instant): Promise<DueCounts> {
  const [overdue, dueSoon] = await Promise.all([
    casesIn(db, overdueBranches(at)),
    casesIn(db, dueBranches(db, { at, before: plusMs(at, SOON_MS) })),
  ]);
  return { overdue, dueSoon };
}

/** How many cases there are in alternatives that exclude each other. */
async function casesIn(db: Kysely<ViewsSchema>, branches: readonly Condition[]): Promise<number> {
  const counts = await Promise.all(
    branches.map(async (branch) => {
      const rows = branch(db.selectFrom('case_board') as unknown as BoardQuery).clearSelect();
      const { count } = await rows.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
      return Number(count);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
