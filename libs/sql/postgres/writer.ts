import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Kysely, sql } from 'kysely';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { newId } from '#kernel';
import { copyText } from './copy-text.js';
import { tablesOf } from '../dialect.js';
import { hearNotices } from './notices.js';
import { lockKey, sessionsOf } from './sessions.js';
import { connectionOf, Connections, OwnPostgres, SESSION } from './postgres.js';
import { sqlValue, type Row, type SqlValue } from '../row.js';
import type { AnyDb, HeldName, Hold, PhysicalTable, RowChange, SqlWriter, WriteTransaction } from '../writer.js';

/** One for the transaction, one for what stands outside of it, one for signs of life, one to spare while one is made anew. */
const CONNECTIONS = 4;

/**
 * The writer on PostgreSQL.
 * @param process the name of this process, where several of its writers are to be known as one
 */
export function openPostgresWriter({ url }: { readonly url: string }, process: string = newId()): SqlWriter {
  const name = sessionsOf(process);
  const connections = new Connections({ url, name, connections: CONNECTIONS });
  const db: AnyDb = new Kysely({ dialect: new OwnPostgres({ pool: connections }) });
  let scrubbing: Promise<void> | undefined;
  return {
    db,
    transaction: (work) => inTransaction(connections, work),
    process,
    hold: (names, onWait, signal) => holdNames(connections, { url, name }, names, onWait, signal),
    hear: (channel, told) => hearNotices(url, channel, told, name),
    scrub() {
      // What is erased leaves its pages when they are cleaned. Nobody waits for it; it is tried again at the next erasure.
      scrubbing ??= vacuum(db)
        .catch(() => undefined)
        .finally(() => (scrubbing = undefined));
    },
    async close() {
      await scrubbing;
      await db.destroy();
      await connections.end().catch(() => undefined);
    },
  };
}

async function inTransaction<T>(connections: Connections, work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
  const client = await connections.client();
  try {
    await client.query('begin');
    const done = await work(new PostgresTransaction(connections, client));
    await client.query('commit');
    client.release();
    return done;
  } catch (error) {
    // Nothing is known of the session's state any more: the server rolls back what it leaves.
    client.release(true);
    throw connections.explained(error);
  }
}

class PostgresTransaction implements WriteTransaction {
  readonly db: AnyDb;

  constructor(
    connections: Connections,
    private readonly client: pg.PoolClient,
  ) {
    const own = { ...connections.of(client), release: () => undefined };
    const pool = { connect: async () => own, end: async () => undefined };
    this.db = new Kysely({ dialect: new OwnPostgres({ pool }) });
  }

  async load({ name, columns, types }: PhysicalTable, column?: string, values?: readonly SqlValue[]): Promise<Row[]> {
    const select = `select ${list(columns)} from "${name}"`;
    if (column === undefined) return this.rows(select, []);
    if (values === undefined || values.length === 0) return [];
    return this.rows(`${select} where "${column}" = any($1::${arrayOf(types[column]!)})`, [values.map(sqlValue)]);
  }

  async insert({ name, columns }: PhysicalTable, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const copy = this.client.query(copyFrom(`copy "${name}" (${list(columns)}) from stdin`));
    await pipeline(Readable.from(copyText(columns, rows)), copy);
  }

  async update(table: PhysicalTable, changes: readonly RowChange[]): Promise<void> {
    const { name, columns, key } = table;
    const changed = changes.filter(({ before, after }) => columns.some((it) => before[it] !== sqlValue(after[it])));
    if (changed.length === 0) return;
    const sets = columns.filter((it) => !key.includes(it)).map((it) => `"${it}" = excluded."${it}"`);
    await this.rows(
      `insert into "${name}" (${list(columns)}) select * from ${unnested(table, columns)}
       on conflict (${list(key)}) do update set ${sets.join()}`,
      arrays(
        columns,
        changed.map(({ after }) => after),
      ),
    );
  }

  async remove(table: PhysicalTable, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const { name, key } = table;
    const same = key.map((column) => `"${name}"."${column}" = gone."${column}"`).join(' and ');
    const gone = `${unnested(table, key)} as gone (${list(key)})`;
    await this.rows(`delete from "${name}" using ${gone} where ${same}`, arrays(key, rows));
  }

  async removeWhere({ name, types }: PhysicalTable, column: string, values: readonly SqlValue[]): Promise<void> {
    await this.rows(`delete from "${name}" where "${column}" = any($1::${arrayOf(types[column]!)})`, [values]);
  }

  private async rows(text: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.client.query<Row>(text, parameters)).rows;
  }
}

const list = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join();

const arrayOf = (type: PhysicalTable['types'][string]): string => (type === 'text' ? 'text[]' : 'bigint[]');

const unnested = ({ types }: PhysicalTable, columns: readonly string[]): string =>
  `unnest(${columns.map((column, at) => `$${at + 1}::${arrayOf(types[column]!)}`).join()})`;

const arrays = (columns: readonly string[], rows: readonly Row[]): SqlValue[][] =>
  columns.map((column) => rows.map((row) => sqlValue(row[column])));

/** Locks of a session: PostgreSQL frees them when it ends, however it ends. */
async function holdNames(
  connections: Connections,
  { url, name: sessions }: { readonly url: string; readonly name: string },
  names: readonly HeldName[],
  onWait: (name: string) => void,
  signal: AbortSignal,
): Promise<Hold> {
  const session = new pg.Client(connectionOf(url, sessions));
  let lost = false;
  const ended = new Promise<void>((resolve) => {
    for (const sign of ['error', 'end'] as const) {
      session.on(sign, () => {
        lost = true;
        resolve();
      });
    }
  });
  const giveUp = (): void => void session.end().catch(() => undefined);
  try {
    // A client that is ended while it connects never says so: it is given up when it is there.
    await session.connect();
    signal.addEventListener('abort', giveUp);
    signal.throwIfAborted();
    await session.query(SESSION);
    // Always in one order, or two who want the same names could wait for one another.
    for (const { name, shared } of names.map(lockOf).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = lockKey('$1');
      const { rows } = await session.query<{ taken: boolean }>(
        `select pg_try_advisory_lock${shared}(${key}) as taken`,
        [name],
      );
      if (rows[0]!.taken) continue;
      onWait(name);
      await session.query(`select pg_advisory_lock${shared}(${key})`, [name]);
    }
  } catch (error) {
    await session.end().catch(() => undefined);
    throw connections.explained(error);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  return {
    get lost() {
      return lost;
    },
    ended,
    release: () => session.end().catch(() => undefined),
  };
}

const lockOf = (held: HeldName): { readonly name: string; readonly shared: '' | '_shared' } =>
  typeof held === 'string' ? { name: held, shared: '' } : { name: held.together, shared: '_shared' };

async function vacuum(db: AnyDb): Promise<void> {
  for (const name of await tablesOf(db)) await sql`vacuum ${sql.table(name)}`.execute(db);
}
