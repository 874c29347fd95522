import { sql } from 'kysely';
import { comparePositions, newId, START, type Position } from '#kernel';
import { servedPositions } from './books.js';
import { CHECKPOINTS, ORDERS, STATUS } from './shared-tables.js';
import type { RunnerStatus } from './status.js';
import type { AnyDb, SqlWriter } from './writer.js';

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

/** Says how the views are, for those who only read them. */
export async function tellStatus(db: AnyDb, status: RunnerStatus): Promise<void> {
  const text = JSON.stringify(status, asText);
  await db
    .insertInto(STATUS)
    .values({ one: 1, status: text })
    .onConflict((it) => it.column('one').doUpdateSet({ status: text }))
    .execute();
  await tellOn(db, VIEWS_CHANGED);
}

export interface SharedStanding {
  /** How far all views have come that are not stopped. */
  readonly position: Position;
  readonly status: RunnerStatus;
}

/** @returns undefined where one of the views is not there for readers yet, or nobody has told of them */
export async function standingOf(db: AnyDb, names: readonly string[]): Promise<SharedStanding | undefined> {
  const served = await servedPositions(db);
  const told = await db.selectFrom(STATUS).select('status').executeTakeFirst();
  if (told === undefined || !names.every((name) => served.some((it) => it.name === name))) return undefined;
  const status = { failure: undefined, ...(JSON.parse(told['status'], asStatus) as Omit<RunnerStatus, 'failure'>) };
  const stopped = new Set(status.projections.filter((it) => it.stopped).map(({ name }) => name));
  const going = served.filter(({ name }) => names.includes(name) && !stopped.has(name));
  const position = going.some(({ isReady }) => !isReady)
    ? START
    : going
        .map(({ checkpoint }) => checkpoint)
        .reduce<Position | undefined>((a, b) => (a && comparePositions(a, b) <= 0 ? a : b), undefined);
  return { position: position ?? START, status };
}

/** What a process that only reads the views asks of the one that keeps them. */
export type ViewOrder =
  | { readonly kind: 'rebuild'; readonly name: string }
  | { readonly kind: 'retry'; readonly name: string; readonly partition?: string | undefined };

export type OrderAnswer =
  { readonly result: number } | { readonly failure: { readonly message: string; readonly code?: string | undefined } };

/** @returns the id of the order */
export async function giveOrder(db: AnyDb, order: ViewOrder): Promise<string> {
  const id = newId();
  await db
    .insertInto(ORDERS)
    .values({ id, said: JSON.stringify(order), answer: null })
    .execute();
  await tellOn(db, VIEWS_ORDERED);
  return id;
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

export async function openOrders(db: AnyDb): Promise<readonly { readonly id: string; readonly order: ViewOrder }[]> {
  const rows = await db.selectFrom(ORDERS).select(['id', 'said']).where('answer', 'is', null).execute();
  return rows.map(({ id, said }) => ({ id, order: JSON.parse(said) as ViewOrder }));
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
