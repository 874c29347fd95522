import type Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { sqlValue, type Row, type SqlValue } from '../row.js';
import { BUSY_MS, openSqliteFile, StatementCache } from './file.js';
import type { AnyDb, PhysicalTable, RowChange, SqlWriter, WriteTransaction } from '../writer.js';

/** How many values one insert binds: several rows per statement save calls, too many cost more than they save. */
const VALUES_PER_INSERT = 400;

/** The writer on SQLite. It blocks its thread, so it belongs into a worker thread. */
export function openSqliteWriter(options: { readonly file: string }): SqlWriter {
  const database = openSqliteFile(options);
  const db: AnyDb = new Kysely({ dialect: new SqliteDialect({ database }) });
  const statements = new StatementCache(database);
  // A crash may have come between an erasure and its scrub: what it left is cut before anybody reads.
  let scrubOwed = !scrub(database);
  const scrubAgain = (): void => {
    if (scrubOwed) scrubOwed = !scrub(database);
  };
  return {
    db,
    async transaction(work) {
      const done = await db.transaction().execute((trx) => work(new SqliteTransaction(trx, statements)));
      scrubAgain();
      return done;
    },
    // Who has the data folder has its views: there is nobody to wait for, or to hear of.
    process: undefined,
    hear: async () => ({ close: async () => undefined }),
    hold: async () => ({ lost: false, ended: new Promise(() => undefined), release: async () => undefined }),
    scrub() {
      scrubOwed = true;
      scrubAgain();
    },
    close: () => db.destroy(),
  };
}

/** Readers come and go in milliseconds; one that stays must not hold up the views for long. */
const WAIT_FOR_READERS_MS = 500;

/**
 * What was overwritten still stands in the write-ahead log until it is copied into the file and cut.
 * @returns false where a reader was in the way, so that it must be tried again
 */
function scrub(database: Database.Database): boolean {
  database.pragma(`busy_timeout = ${WAIT_FOR_READERS_MS}`);
  const [{ busy }] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
  database.pragma(`busy_timeout = ${BUSY_MS}`);
  return busy === 0;
}

class SqliteTransaction implements WriteTransaction {
  constructor(
    readonly db: AnyDb,
    private readonly statements: StatementCache,
  ) {}

  async load(table: PhysicalTable, column?: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const select = `select ${list(table.columns)} from "${table.name}"`;
    if (column === undefined) return this.statements.get(select).all() as Row[];
    if (values.length === 0) return [];
    const statement = this.statements.get(`${select} where "${column}" in (select value from json_each(?))`);
    return statement.all(JSON.stringify(values)) as Row[];
  }

  async insert({ name, columns }: PhysicalTable, rows: readonly Row[]): Promise<void> {
    const atOnce = Math.max(1, Math.floor(VALUES_PER_INSERT / columns.length));
    const whole = rows.length - (rows.length % atOnce);
    const many = whole > 0 ? this.statements.get(insertOf(name, columns, atOnce)) : undefined;
    for (let from = 0; from < whole; from += atOnce) many!.run(valuesOf(columns, rows, from, from + atOnce));
    const one = whole < rows.length ? this.statements.get(insertOf(name, columns, 1)) : undefined;
    for (let from = whole; from < rows.length; from++) one!.run(valuesOf(columns, rows, from, from + 1));
  }

  async update({ name, columns, key }: PhysicalTable, changes: readonly RowChange[]): Promise<void> {
    const where = key.map((column) => `"${column}" = ?`).join(' and ');
    for (const { before, after } of changes) {
      const changed = columns.filter((column) => before[column] !== sqlValue(after[column]));
      if (changed.length === 0) continue;
      const sets = changed.map((column) => `"${column}" = ?`).join();
      const values = [...changed, ...key].map((column) => sqlValue(after[column]));
      this.statements.get(`update "${name}" set ${sets} where ${where}`).run(values);
    }
  }

  async remove({ name, key }: PhysicalTable, rows: readonly Row[]): Promise<void> {
    const statement = `delete from "${name}" where ${key.map((column) => `"${column}" = ?`).join(' and ')}`;
    for (const row of rows) this.statements.get(statement).run(key.map((column) => sqlValue(row[column])));
  }

  async removeWhere({ name }: PhysicalTable, column: string, values: readonly SqlValue[]): Promise<void> {
    const statement = `delete from "${name}" where "${column}" in (select value from json_each(?))`;
    this.statements.get(statement).run(JSON.stringify(values));
  }
}

const list = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join();

function insertOf(table: string, columns: readonly string[], rows: number): string {
  const marks = `(${columns.map(() => '?').join()})`;
  return `insert into "${table}" (${list(columns)}) values ${new Array(rows).fill(marks).join()}`;
}

/** The values of some rows, one row after the other. */
function valuesOf(columns: readonly string[], rows: readonly Row[], from: number, to: number): SqlValue[] {
  const values = new Array<SqlValue>((to - from) * columns.length);
  let next = 0;
  for (let at = from; at < to; at++) {
    const row = rows[at]!;
    for (const column of columns) values[next++] = sqlValue(row[column]);
  }
  return values;
}
