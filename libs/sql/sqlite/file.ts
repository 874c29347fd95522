import Database from 'better-sqlite3';

export interface SqliteFileOptions {
  readonly file: string;
  readonly readonly?: boolean;
}

const CACHE_KIB = 32 * 1024;
export const BUSY_MS = 10_000;
/** How far the write-ahead log grows before it is copied into the file: a page written often is copied once. */
const WAL_PAGES = 8_000;

/** Opens a database file the way all of ours are opened: readers beside one writer, erased bytes overwritten (EVENTS.md 10). */
export function openSqliteFile({ file, readonly = false }: SqliteFileOptions): Database.Database {
  const database = new Database(file, { readonly, timeout: BUSY_MS });
  if (!readonly) {
    database.pragma('journal_mode = WAL');
    database.pragma('secure_delete = ON');
    database.pragma('foreign_keys = ON');
    database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  }
  database.pragma(`cache_size = -${CACHE_KIB}`);
  return database;
}

/** The last used statements of a connection: preparing one costs more than running it. */
export class StatementCache {
  private readonly statements = new Map<string, Database.Statement>();

  constructor(
    private readonly database: Database.Database,
    private readonly capacity = 256,
  ) {}

  get(text: string): Database.Statement {
    const known = this.statements.get(text);
    if (known) {
      this.statements.delete(text);
      this.statements.set(text, known);
      return known;
    }
    const statement = this.database.prepare(text);
    this.statements.set(text, statement);
    if (this.statements.size > this.capacity) this.statements.delete(this.statements.keys().next().value!);
    return statement;
  }
}
