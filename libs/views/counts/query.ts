import type { Phase, Severity } from '#cases';
import type { Kysely } from 'kysely';
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
