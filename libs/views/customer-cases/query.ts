import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { CaseKind, Phase, Severity } from '#cases';
import type { Instant } from '#kernel';
import type { ViewsSchema } from '../schema.js';

type Db = Kysely<ViewsSchema>;

/** A case of a customer, as their file lists it. */
export interface CustomerCase {
  readonly caseId: string;
  readonly ref: string;
  readonly kind: CaseKind;
  readonly phase: Phase | 'none';
  readonly severity: Severity;
  readonly category: string | null;
  readonly subject: string | null;
  readonly receivedAt: Instant | null;
  /** Verified: found in this file (I-4). Else only by the same number, reference, or name and contact: nobody has checked it. */
  readonly verified: boolean;
}

export interface CustomerHistory {
  /** The newest first, at most 200. */
  readonly items: readonly CustomerCase[];
  /** Of all of them. */
  readonly byPhase: { readonly [phase: string]: number };
  readonly total: number;
}

const MOST_ROWS = 200;

/** C-1: complaints, requests and feedback of a customer; routine visits stand in the file by themselves. */
export async function customerHistory(db: Db, customerId: string): Promise<CustomerHistory> {
  const rows = await casesOf(db, customerId)
    .innerJoin('case_board', 'case_board.case_id', 'known.case_id')
    .select([
      'case_board.case_id',
      'case_board.case_no',
      'kind',
      'phase',
      'severity',
      'category',
      'subject',
      'received_at',
      'known.verified',
    ])
    .where('kind', '<>', 'visit')
    .orderBy('case_no', 'desc')
    .limit(MOST_ROWS)
    .execute();
  const counted = await casesOf(db, customerId)
    .innerJoin('case_board', 'case_board.case_id', 'known.case_id')
    .select((eb) => ['phase', eb.fn.countAll<number>().as('count')])
    .where('kind', '<>', 'visit')
    .groupBy('phase')
    .orderBy('phase')
    .execute();
  const byPhase = Object.fromEntries(counted.map(({ phase, count }) => [phase, Number(count)]));
  return {
    items: rows.map((row) => ({
      caseId: row.case_id,
      ref: row.case_id.slice(0, 8).toUpperCase(),
      kind: row.kind,
      phase: row.phase,
      severity: row.severity,
      category: row.category,
      subject: row.subject,
      receivedAt: row.received_at,
      verified: Number(row.verified) === 1,
    })),
    byPhase,
    total: Object.values(byPhase).reduce((sum, count) => sum + count, 0),
  };
}

/** The cases that are still being worked on, for those who must hear how the customer stands. */
export async function openCasesOf(db: Db, customerId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('customer_case')
    .innerJoin('case_board', 'case_board.case_id', 'customer_case.case_id')
    .select('customer_case.case_id')
    .where('customer_case.customer_id', '=', customerId)
    .where('phase', 'in', ['received', 'handling', 'waiting', 'resolved'])
    .execute();
  return rows.map((row) => row.case_id);
}

/** Those that were verified, and those of nobody's file whose complainant agrees with what the customer is recognised by. */
function casesOf(
  db: Db,
  customerId: string,
): SelectQueryBuilder<ViewsSchema & { known: { case_id: string; verified: number } }, 'known', object> {
  const verified = db
    .selectFrom('customer_case')
    .select((eb) => ['case_id', eb.lit<number>(1).as('verified')])
    .where('customer_id', '=', customerId);
  const alike = db
    .selectFrom('customer_case')
    .select((eb) => ['case_id', eb.lit<number>(0).as('verified')])
    .where('customer_id', 'is', null)
    .where('person', 'in', (eb) =>
      eb.selectFrom('customer_key').select('hash').where('customer_key.customer_id', '=', customerId),
    );
  return db.selectFrom(verified.unionAll(alike).as('known')) as never;
}
