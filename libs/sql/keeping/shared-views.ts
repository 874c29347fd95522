import { sql } from 'kysely';
import { newId } from '#kernel';
import { loadShares, tell } from './share-books.js';
import { CONSTRUCTION, slotOf, slotOfShare } from './shares.js';
import { CHECKPOINTS, ORDERS } from './shared-tables.js';
import type { RunnerStatus } from '../projections/status.js';
import type { AnyDb, SqlWriter } from '../writer.js';

/** The channels on which processes that share views in PostgreSQL hear of one another (see `hearNotices`). */
export const VIEWS_CHANGED = 'redress_views';
export const VIEWS_ORDERED = 'redress_view_orders';

const tellOn = (db: AnyDb, channel: string): Promise<unknown> =>
  sql`select pg_notify(${channel}, current_schema())`.execute(db);

/** The same writer, whose commits are heard by every process that reads the views. */
export const announcing = (writer: SqlWriter): SqlWriter => ({
  ...writer,
  transaction: (work) =>
    writer.transaction(async (tx) => {
      const done = await work(tx);
      await tellOn(tx.db, VIEWS_CHANGED);
      return done;
    }),
});

/** Says how the shares of a process are, for those who read the views. */
export async function tellStatus({ db, process }: SqlWriter, status: RunnerStatus): Promise<void> {
  await tell(db, process!, JSON.stringify(status, asText));
  await tellOn(db, VIEWS_CHANGED);
}

/** What `tellStatus` said. */
export const statusFrom = (told: string): RunnerStatus => ({
  failure: undefined,
  ...(JSON.parse(told, asStatus) as Omit<RunnerStatus, 'failure'>),
});

/** What is asked of those who keep the views. */
export type ViewOrder =
  | { readonly kind: 'rebuild'; readonly name: string }
  | { readonly kind: 'retry'; readonly name: string; readonly partition?: string | undefined };

/** An order, or the part of it that is for whoever keeps a share. */
export type ShareOrder = ViewOrder & { readonly share: string };

export type OrderAnswer =
  { readonly result: number } | { readonly failure: { readonly message: string; readonly code?: string | undefined } };

/** @returns the ids of the orders that it is for those who keep the shares concerned */
export async function giveOrder(db: AnyDb, order: ViewOrder): Promise<readonly string[]> {
  const shares = (await loadShares(db)).map(({ share }) => share);
  const orders = concerned(order, shares).map((share) => ({ id: newId(), said: JSON.stringify({ ...order, share }) }));
  await db
    .insertInto(ORDERS)
    .values(orders.map((it) => ({ ...it, answer: null })))
    .execute();
  await tellOn(db, VIEWS_ORDERED);
  return orders.map(({ id }) => id);
}

/** A view that is kept whole is a share by its name; all others are in all slots. */
export function sharesOfView(name: string, shares: readonly string[]): readonly string[] {
  return shares.includes(name) ? [name] : shares.filter((share) => slotOfShare(share) !== undefined);
}

function concerned(order: ViewOrder, shares: readonly string[]): readonly string[] {
  if (order.kind === 'rebuild') return [CONSTRUCTION];
  const its = sharesOfView(order.name, shares);
  if (order.partition === undefined || its.length === 1) return its;
  const slot = slotOf(order.partition, its.length);
  return its.filter((share) => slotOfShare(share) === slot);
}

/** Takes the answer away with its order. */
export async function takeAnswer(db: AnyDb, id: string): Promise<OrderAnswer | undefined> {
  const row = await db
    .deleteFrom(ORDERS)
    .where('id', '=', id)
    .where('answer', 'is not', null)
    .returning('answer')
    .executeTakeFirst();
  return row && (JSON.parse(row['answer']) as OrderAnswer);
}

export async function openOrders(db: AnyDb): Promise<readonly { readonly id: string; readonly order: ShareOrder }[]> {
  const rows = await db.selectFrom(ORDERS).select(['id', 'said']).where('answer', 'is', null).execute();
  return rows.map(({ id, said }) => ({ id, order: JSON.parse(said) as ShareOrder }));
}

export async function answerOrder(db: AnyDb, id: string, answer: OrderAnswer): Promise<void> {
  await db
    .updateTable(ORDERS)
    .set({ answer: JSON.stringify(answer) })
    .where('id', '=', id)
    .execute();
  await tellOn(db, VIEWS_CHANGED);
}

export async function readCheckpoint(db: AnyDb, name: string): Promise<string | undefined> {
  const row = await db.selectFrom(CHECKPOINTS).select('token').where('name', '=', name).executeTakeFirst();
  return row?.['token'];
}

export async function writeCheckpoint(db: AnyDb, name: string, token: string): Promise<void> {
  await db
    .insertInto(CHECKPOINTS)
    .values({ name, token })
    .onConflict((it) => it.column('name').doUpdateSet({ token }))
    .execute();
}

const asText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** Numbers of positions are the only ones that are stored as text under these names. */
const asStatus = (key: string, value: unknown): unknown =>
  (key === 'commit' || key === 'prepare') && typeof value === 'string' ? BigInt(value) : value;
