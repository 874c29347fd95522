import { hostname } from 'node:os';
import { sql } from 'kysely';
import type { AnyDb, Hold, SqlWriter } from './writer.js';

const LEASE = 'projection_lease';

/** Somebody else owns it by now: what this transaction wrote must not commit. */
export class LeaseLost extends Error {
  readonly code = 'LEASE_LOST';

  constructor(readonly names: readonly string[]) {
    super(`Another process has taken over ${names.join(', ')}.`);
  }
}

export interface LeaseLog {
  info(facts: object, message: string): void;
}

/**
 * Who may write what, by name. A session of the database holds the name while its process lives; the epoch, which rises
 * with every owner, is compared and set in each transaction, so that one who lost the session unawares commits nothing
 * (DESIGN "Leases").
 */
export class Leases {
  private hold: Hold | undefined;
  private readonly ending = new AbortController();
  private readonly epochs = new Map<string, number>();

  constructor(
    private readonly writer: SqlWriter,
    readonly names: readonly string[],
    private readonly log: LeaseLog,
  ) {}

  get lost(): boolean {
    return this.hold === undefined || this.hold.lost;
  }

  /** Waits until they are nobody else's. Taken anew they have a new epoch. */
  async acquire(): Promise<void> {
    await this.release();
    const waits = (name: string): void => this.log.info({ name }, 'waiting for its owner to end');
    this.hold = await this.writer.hold(this.names, waits, this.ending.signal);
    await this.writer.transaction(async ({ db }) => {
      for (const name of this.names) this.epochs.set(name, await nextEpoch(db, name));
    });
  }

  /** In a transaction, before anything else is written. @throws LeaseLost */
  async confirm(db: AnyDb): Promise<void> {
    if (this.names.length === 0) return;
    const ours = sql.join([...this.epochs].map(([name, epoch]) => sql`(${name}, ${sql.lit(epoch)})`));
    // A row that is written is locked: who takes over waits until this transaction has ended.
    const { numUpdatedRows } = await db
      .updateTable(LEASE)
      .set({ epoch: sql.ref('epoch') })
      .where(sql<boolean>`(name, epoch) in (values ${ours})`)
      .executeTakeFirst();
    if (numUpdatedRows !== BigInt(this.names.length)) throw new LeaseLost(this.names);
  }

  /** Lets go for good, also while it waits. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.release();
  }

  private async release(): Promise<void> {
    const { hold } = this;
    this.hold = undefined;
    await hold?.release();
  }
}

/** The same writer, whose transactions commit only while the leases are ours. */
export const fenced = (writer: SqlWriter, leases: Leases): SqlWriter => ({
  ...writer,
  transaction: (work) =>
    writer.transaction(async (tx) => {
      await leases.confirm(tx.db);
      return work(tx);
    }),
});

async function nextEpoch(db: AnyDb, name: string): Promise<number> {
  const holder = `${hostname()}:${process.pid}`;
  const { epoch } = await db
    .insertInto(LEASE)
    .values({ name, epoch: 1, holder })
    .onConflict((it) => it.column('name').doUpdateSet({ epoch: sql`${sql.ref(`${LEASE}.epoch`)} + 1`, holder }))
    .returning('epoch')
    .executeTakeFirstOrThrow();
  return Number(epoch);
}

export const createLeases = async (db: AnyDb): Promise<void> => {
  await db.schema
    .createTable(LEASE)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .execute();
};
