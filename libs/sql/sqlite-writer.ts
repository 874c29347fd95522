import type Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { sqlValue, type Row, type SqlValue } from './row.js';
import { BUSY_MS, openSqliteFile, StatementCache } from './sqlite-file.js';
import type { AnyDb, PhysicalTable, RowChange, SqlWriter, WriteTransaction } from './writer.js';

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

  async insert(table: PhysicalTable, rows: readonly Row[]): Promise<void> {
    const atOnce = Math.max(1, Math.floor(VALUES_PER_INSERT / table.columns.length));
    const whole = rows.length - (rows.length % atOnce);
    for (let from = 0; from < whole; from += atOnce) this.insertRows(table, rows.slice(from, from + atOnce));
    for (let from = whole; from < rows.length; from++) this.insertRows(table, [rows[from]!]);
  }

  private insertRows({ name, columns }: PhysicalTable, rows: readonly Row[]): void {
    const marks = `(${columns.map(() => '?').join()})`;
    const text = `insert into "${name}" (${list(columns)}) values ${rows.map(() => marks).join()}`;
    const values: SqlValue[] = [];
    for (const row of rows) for (const column of columns) values.push(sqlValue(row[column]));
    this.statements.get(text).run(values);
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
