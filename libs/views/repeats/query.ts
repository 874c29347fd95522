import type { Kysely } from 'kysely';
import type { Instant } from '#kernel';
import type { ViewsSchema } from '../schema.js';

type Db = Kysely<ViewsSchema>;

/** A key at which cases may match otherwise since a position of the log. */
export interface ChangedKey {
  readonly seq: number;
  readonly sameness: string;
  readonly hash: string;
  readonly at: Instant;
  readonly caseId: string;
}

/** A case under a key, as the matching counts it. */
export interface KeyedCase {
  readonly caseId: string;
  readonly at: Instant;
  readonly complainant: string | undefined;
  readonly handled: readonly (readonly [from: Instant, to?: Instant])[];
}

/** What is on record of a case, and what the matching must heed. */
export interface RepeatCase {
  readonly caseId: string;
  readonly pack: string;
  readonly version: string;
  readonly counts: boolean;
  readonly historical: boolean;
  readonly erased: boolean;
  readonly recorded: {
    readonly [rule: string]: { readonly cases: readonly string[]; readonly complainants: number };
  };
  readonly dismissed: readonly (readonly [rule: string, otherCaseId: string])[];
}

/**
 * What changed behind a position, the oldest first: about so many, but all of the last position.
 * @param seen how far the view has come in all its parts: behind it a change may be there before an earlier one
 */
export async function changedKeys(db: Db, after: number, limit: number, seen: number): Promise<readonly ChangedKey[]> {
  const changes = (upTo: number) =>
    db
      .selectFrom('repeat_change')
      .select(['seq', 'sameness', 'hash', 'at', 'case_id as caseId'])
      .where('seq', '>', after)
      .where('seq', '<=', upTo)
      .orderBy('seq');
  const first = await changes(seen).limit(limit).execute();
  return first.length < limit ? first : changes(first.at(-1)!.seq).execute();
}

/** How many changes wait behind a position. */
export async function changesBehind(db: Db, after: number): Promise<number> {
  const { count } = await db
    .selectFrom('repeat_change')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('seq', '>', after)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The cases of a key that count and happened from one instant to another. */
export async function casesOfKey(
  db: Db,
  key: { readonly sameness: string; readonly hash: string },
  span: { readonly from: Instant; readonly to: Instant },
): Promise<readonly KeyedCase[]> {
  const rows = await db
    .selectFrom('repeat_key')
    .select(['case_id', 'at', 'complainant', 'handled'])
    .where('sameness', '=', key.sameness)
    .where('hash', '=', key.hash)
    .where('counted', '=', 1)
    .where('at', '>=', span.from)
    .where('at', '<=', span.to)
    .execute();
  return rows.map(({ case_id: caseId, at, complainant, handled }) => ({
    caseId,
    at,
    complainant: complainant ?? undefined,
    handled: handled === null ? [] : (JSON.parse(handled) as KeyedCase['handled']),
  }));
}

/** SQLite binds at most so many values at once, by far. */
const AT_ONCE = 500;

export async function repeatCases(db: Db, caseIds: readonly string[]): Promise<ReadonlyMap<string, RepeatCase>> {
  const cases = new Map<string, RepeatCase>();
  for (let from = 0; from < caseIds.length; from += AT_ONCE) {
    const rows = await db
      .selectFrom('repeat_case')
      .select(['case_id', 'pack', 'version', 'void', 'historical', 'erased', 'recorded', 'dismissed'])
      .where('case_id', 'in', caseIds.slice(from, from + AT_ONCE))
      .execute();
    for (const row of rows) {
      cases.set(row.case_id, {
        caseId: row.case_id,
        pack: row.pack,
        version: row.version,
        counts: row.void === 0,
        historical: row.historical === 1,
        erased: row.erased === 1,
        recorded: JSON.parse(row.recorded) as RepeatCase['recorded'],
        dismissed: JSON.parse(row.dismissed) as RepeatCase['dismissed'],
      });
    }
  }
  return cases;
}

/** Those of the cases that count under any key of the sameness. */
export async function casesKeyed(db: Db, sameness: string, caseIds: readonly string[]): Promise<ReadonlySet<string>> {
  const keyed = new Set<string>();
  for (let from = 0; from < caseIds.length; from += AT_ONCE) {
    const rows = await db
      .selectFrom('repeat_key')
      .select('case_id')
      .where('case_id', 'in', caseIds.slice(from, from + AT_ONCE))
      .where('sameness', '=', sameness)
      .where('counted', '=', 1)
      .execute();
    for (const { case_id } of rows) keyed.add(case_id);
  }
  return keyed;
}
