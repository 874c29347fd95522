import { sql, type ControlledTransaction, type Kysely, type SelectQueryBuilder, type Selectable } from 'kysely';
import { isSqlite, type JobTable, type JobTables } from './schema.js';

type Row = Selectable<JobTable>;
export type JobQuery = (db: Kysely<JobTables>) => SelectQueryBuilder<JobTables, 'job', Row>;

/** A row in somebody's hands: what is written about it goes through `write`, once, which lets go of it. */
export interface TakenRow {
  readonly row: Row;
  write(change: (db: Kysely<JobTables>) => Promise<unknown>): Promise<void>;
}

/** Gives a row to one worker of all there are. */
export interface Taking {
  /** The first that nobody has. */
  take(query: JobQuery): Promise<TakenRow | undefined>;
  /** The one of this id, unless somebody has it. */
  takeOne(id: string, query: JobQuery): Promise<TakenRow | undefined>;
}

export const takingOf = (db: Kysely<JobTables>): Taking => (isSqlite(db) ? new TakingHere(db) : new TakingByLock(db));

/**
 * Several processes: the transaction of who has a job lasts as long as the work, and with it a lock that others do not wait
 * for. It goes with the connection, so there is no time after which a killed worker's job counts as free, and no two
 * machines' clocks to compare.
 */
class TakingByLock implements Taking {
  constructor(private readonly db: Kysely<JobTables>) {}

  take(query: JobQuery): Promise<TakenRow | undefined> {
    return this.within((trx) => query(trx).limit(1).forUpdate().skipLocked().executeTakeFirst());
  }

  /** By a lock of the job's own: the row's is also held by who carries it, for a moment in which it is in nobody's hands. */
  takeOne(id: string, query: JobQuery): Promise<TakenRow | undefined> {
    return this.within(async (trx) => {
      const { rows } = await sql<{ ours: boolean }>`select pg_try_advisory_xact_lock(
        hashtextextended('redress job ' || current_schema() || ' ' || ${id}, 0)) as ours`.execute(trx);
      // Read behind the lock: who had it may have finished a moment ago.
      return rows[0]!.ours ? query(trx).executeTakeFirst() : undefined;
    });
  }

  private async within(
    find: (trx: ControlledTransaction<JobTables>) => Promise<Row | undefined>,
  ): Promise<TakenRow | undefined> {
    const trx = await this.db.startTransaction().execute();
    try {
      const row = await find(trx);
      if (row !== undefined) return { row, write: (change) => ended(trx, change) };
    } catch (error) {
      await trx.rollback().execute();
      throw error;
    }
    await trx.rollback().execute();
    return undefined;
  }
}

async function ended(
  trx: ControlledTransaction<JobTables>,
  change: (db: Kysely<JobTables>) => Promise<unknown>,
): Promise<void> {
  try {
    await change(trx);
    await trx.commit().execute();
  } catch (error) {
    // What has failed may be the connection: then the lock is gone already.
    await trx
      .rollback()
      .execute()
      .catch(() => undefined);
    throw error;
  }
}

/** A file of SQLite is one process's, which knows what it has given to whom. */
class TakingHere implements Taking {
  private readonly taken = new Set<string>();
  private before: Promise<unknown> = Promise.resolve();

  constructor(private readonly db: Kysely<JobTables>) {}

  takeOne(_id: string, query: JobQuery): Promise<TakenRow | undefined> {
    return this.take(query);
  }

  take(query: JobQuery): Promise<TakenRow | undefined> {
    // One after the other: between looking and taking nobody else looks.
    const turn = this.before.then(() => this.takeNow(query));
    this.before = turn.catch(() => undefined);
    return turn;
  }

  private async takeNow(query: JobQuery): Promise<TakenRow | undefined> {
    const free = query(this.db).limit(1);
    const row = await (this.taken.size === 0 ? free : free.where('id', 'not in', [...this.taken])).executeTakeFirst();
    if (row === undefined) return undefined;
    this.taken.add(row.id);
    const write = async (change: (db: Kysely<JobTables>) => Promise<unknown>): Promise<void> => {
      try {
        await change(this.db);
      } finally {
        this.taken.delete(row.id);
      }
    };
    return { row, write };
  }
}
