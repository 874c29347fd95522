import { sql } from 'kysely';
import { isSqlite } from '../dialect.js';
import type { AnyDb } from '../writer.js';

const SHARE = 'projection_share';
const KEEPER = 'projection_keeper';

/** A share as the books have it. */
export interface ShareRow {
  readonly share: string;
  /** Rises with every keeper. */
  readonly epoch: number;
  /** Rises whenever generations come, go, or enter another phase. */
  readonly plan: number;
  readonly holder: string | null;
  /** Of each generation: see `Checkpoints`. */
  readonly checkpoints: string;
}

/** A process that keeps views where several may. */
export interface KeeperRow {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly beats: number;
  /** What it says of its shares, as JSON; null before it has said anything. */
  readonly status: string | null;
}

export async function createShares(db: AnyDb): Promise<void> {
  await db.schema
    .createTable(SHARE)
    .ifNotExists()
    .addColumn('share', 'text', (column) => column.primaryKey())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('plan', 'bigint', (column) => column.notNull())
    .addColumn('holder', 'text')
    .addColumn('checkpoints', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable(KEEPER)
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('beats', 'bigint', (column) => column.notNull())
    .addColumn('status', 'text')
    .execute();
}

/** Enters shares that are new to the books. */
export async function addShares(db: AnyDb, shares: readonly string[]): Promise<void> {
  const known = await loadShares(db);
  // An insert that meets a row waits for whoever is writing it, who may have stalled.
  const fresh = shares.filter((share) => !known.some((it) => it.share === share));
  if (fresh.length === 0) return;
  const plan = Math.max(0, ...known.map((it) => it.plan));
  await db
    .insertInto(SHARE)
    .values(fresh.map((share) => ({ share, epoch: 0, plan, holder: null, checkpoints: '{}' })))
    .onConflict((it) => it.column('share').doNothing())
    .execute();
}

export const loadShares = (db: AnyDb): Promise<ShareRow[]> =>
  db.selectFrom(SHARE).selectAll().orderBy('share').execute() as Promise<ShareRow[]>;

/** Nobody writes rows of any share until this transaction has ended. */
export async function lockAllShares(db: AnyDb): Promise<ShareRow[]> {
  if (isSqlite(db)) return loadShares(db);
  // Always in one order, or two who want several could wait for one another.
  return db.selectFrom(SHARE).selectAll().orderBy('share').forUpdate().execute() as Promise<ShareRow[]>;
}

/** @returns how many of them are still as they are said to be; those are nobody else's until this transaction has ended */
export async function lockShares(
  db: AnyDb,
  shares: readonly Pick<ShareRow, 'share' | 'epoch' | 'plan'>[],
): Promise<number> {
  const ours = sql.join(
    shares.map(({ share, epoch, plan }) => sql`(${share}, ${sql.lit(epoch)}::bigint, ${sql.lit(plan)}::bigint)`),
  );
  const rows = await db
    .selectFrom(SHARE)
    .select('share')
    .where(sql<boolean>`(share, epoch, plan) in (values ${ours})`)
    .orderBy('share')
    .forUpdate()
    .execute();
  return rows.length;
}

/** @returns whether it was free, or the lost one's whom the epoch names, and is ours now */
export async function takeShare(db: AnyDb, { share, epoch }: ShareRow, holder: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable(SHARE)
    .set({ holder, epoch: epoch + 1 })
    .where('share', '=', share)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Lets go of shares, of all that the holder has where none are named. */
export async function letGo(db: AnyDb, holder: string, shares?: readonly string[]): Promise<void> {
  await db
    .updateTable(SHARE)
    .set({ holder: null })
    .where('holder', '=', holder)
    .$if(shares !== undefined, (query) => query.where('share', 'in', shares!))
    .execute();
}

/** @throws Error where one of them is not as it was */
export async function changeShares(
  db: AnyDb,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<void> {
  // Most shares of a process are equally far: one statement for all that say the same.
  const alike = new Map<string, string[]>();
  for (const [share, text] of after) {
    const change = JSON.stringify([before.get(share), text]);
    alike.set(change, [...(alike.get(change) ?? []), share]);
  }
  for (const [change, shares] of alike) {
    const [from, to] = JSON.parse(change) as [string, string];
    const { numUpdatedRows } = await db
      .updateTable(SHARE)
      .set({ checkpoints: to })
      .where('share', 'in', shares)
      .where('checkpoints', '=', from)
      .executeTakeFirst();
    if (numUpdatedRows !== BigInt(shares.length))
      throw new Error(`another runner moved the checkpoint of ${shares.join(', ')}`);
  }
}

/** Everybody must read the books again before they write on. */
export const raisePlan = (db: AnyDb): Promise<unknown> =>
  db
    .updateTable(SHARE)
    .set({ plan: sql`plan + 1` })
    .execute();

export const forgetShares = (db: AnyDb): Promise<unknown> => db.deleteFrom(SHARE).execute();

export async function beat(db: AnyDb, { id, name }: Pick<KeeperRow, 'id' | 'name'>): Promise<void> {
  await db
    .insertInto(KEEPER)
    .values({ id, name, beats: 1, status: null })
    .onConflict((it) => it.column('id').doUpdateSet({ beats: sql`${sql.ref(`${KEEPER}.beats`)} + 1` }))
    .execute();
}

export const loadKeepers = (db: AnyDb): Promise<KeeperRow[]> =>
  db.selectFrom(KEEPER).selectAll().orderBy('id').execute() as Promise<KeeperRow[]>;

export const forgetKeeper = (db: AnyDb, id: string): Promise<unknown> =>
  db.deleteFrom(KEEPER).where('id', '=', id).execute();

export async function tell(db: AnyDb, id: string, status: string): Promise<void> {
  await db.updateTable(KEEPER).set({ status }).where('id', '=', id).execute();
}
