import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { CustomerKind } from '#customers';
import { refuse, type Instant, type Refusal } from '#kernel';
import { HIGHEST } from '../case-board/condition.js';
import { searchFor } from '../case-board/terms.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { ViewsSchema } from '../schema.js';
import type { CustomerRow } from './tables.js';

type Db = Kysely<ViewsSchema>;

export interface CustomerFilter {
  readonly tier?: string;
  readonly unit?: string;
  readonly quality?: boolean;
  /** C-2: a duty to review the file was missed and is still owed. */
  readonly fileOverdue?: boolean;
  /** The owners who are listed apart (C-1). */
  readonly special?: boolean;
  /** Words of name, address, room, plate, and numbers, that must all be there. */
  readonly text?: string;
  /** 1 to 200, default 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface CustomerItem {
  readonly customerId: string;
  readonly kind: CustomerKind;
  readonly name: string | null;
  readonly phone: string | null;
  readonly unit: string | null;
  readonly tier: string | null;
  readonly qualityGrounds: readonly string[];
  readonly special: boolean;
  readonly specialGroups: readonly string[];
  readonly reviewed: boolean;
  readonly fileOverdue: boolean;
  readonly erased: boolean;
  readonly registeredAt: Instant;
}

export interface CustomerPage {
  readonly items: readonly CustomerItem[];
  readonly next: string | undefined;
}

const MOST_ROWS = 200;

/** A page of customers, the newest first. @returns CURSOR_MALFORMED */
export async function customerList(db: Db, filter: CustomerFilter): Promise<CustomerPage | Refusal> {
  const { tier, unit, quality, special, fileOverdue, text, cursor } = filter;
  const limit = Math.min(Math.max(filter.limit ?? 50, 1), MOST_ROWS);
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, 'customers', 2)?.[1];
  if (typeof before !== 'number') return refuse('CURSOR_MALFORMED');
  let query = db.selectFrom('customer').selectAll().where('customer_no', '<', before);
  if (tier !== undefined) query = query.where('tier', '=', tier);
  if (unit !== undefined) query = query.where('unit', '=', unit);
  if (quality !== undefined) query = query.where('quality', '=', Number(quality));
  if (special !== undefined) query = query.where('special', '=', Number(special));
  if (fileOverdue !== undefined) query = query.where('overdue', '=', Number(fileOverdue));
  if (text !== undefined) {
    const search = searchFor(text);
    if (search.terms.length === 0) return { items: [], next: undefined };
    for (const { text: term, match } of search.terms) {
      query = query.where('customer_no', 'in', (eb) => {
        const hits = eb.selectFrom('customer_term').select('customer_term.customer_no');
        return match === 'whole'
          ? hits.where('term', '=', term)
          : hits.where('term', '>=', term).where('term', '<', term + HIGHEST);
      });
    }
    for (const phrase of search.phrases) {
      query = query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('customer_text')
            .select('customer_text.party')
            .whereRef('customer_text.customer_id', '=', 'customer.customer_id')
            .where(sql<boolean>`customer_text.text like ${phrase}`),
        ),
      );
    }
  }
  const rows = await query
    .orderBy('customer_no', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? encodeCursor(['customers', page.at(-1)!.customer_no]) : undefined;
  return { items: page.map(itemOf), next };
}

const itemOf = (row: CustomerRow): CustomerItem => ({
  customerId: row.customer_id,
  kind: row.kind,
  name: row.name,
  phone: row.phone,
  unit: row.unit,
  tier: row.tier,
  qualityGrounds: JSON.parse(row.grounds) as string[],
  special: row.special === 1,
  specialGroups: JSON.parse(row.groups) as string[],
  reviewed: row.reviewed === 1,
  fileOverdue: row.overdue === 1,
  erased: row.erased === 1,
  registeredAt: row.registered_at,
});

/** Something of a customer that waits for its time: a visit to fall due, or a duty of the file to be missed. */
export interface WaitingCustomer {
  readonly customerId: string;
  /** The id of the visit or duty. */
  readonly dueId: string;
  readonly dueAt: Instant;
}

const waitingVisits = (db: Db) =>
  db
    .selectFrom('customer_visit')
    .select(['customer_id as customerId', 'visit_id as dueId', 'opens_at as dueAt'])
    .where('waiting', '=', 1);

const waitingDuties = (db: Db) =>
  db
    .selectFrom('customer_duty')
    .select(['customer_id as customerId', 'duty_id as dueId', 'due_at as dueAt'])
    .where('waiting', '=', 1);

/** What was due strictly before an instant and behind `after`, the earliest first, at most `limit` of it. */
export async function customersDue(
  db: Db,
  before: Instant,
  limit: number,
  after?: WaitingCustomer,
): Promise<readonly WaitingCustomer[]> {
  let visits = waitingVisits(db).where('opens_at', '<', before);
  let duties = waitingDuties(db).where('due_at', '<', before);
  if (after !== undefined) {
    visits = visits.where(sql<boolean>`(opens_at, visit_id) > (${after.dueAt}, ${after.dueId})`);
    duties = duties.where(sql<boolean>`(due_at, duty_id) > (${after.dueAt}, ${after.dueId})`);
  }
  return db
    .selectFrom(visits.unionAll(duties).as('waiting'))
    .selectAll()
    .orderBy('dueAt')
    .orderBy('dueId')
    .limit(limit)
    .execute();
}

/** The earliest instant from `from` on at which anything of a customer is due; undefined where nothing waits. */
export async function nextCustomerDue(db: Db, from: Instant): Promise<Instant | undefined> {
  const visit = waitingVisits(db).where('opens_at', '>=', from).orderBy('opens_at').limit(1);
  const duty = waitingDuties(db).where('due_at', '>=', from).orderBy('due_at').limit(1);
  const next = [await visit.executeTakeFirst(), await duty.executeTakeFirst()].flatMap((it) => it?.dueAt ?? []);
  return next.sort()[0];
}
