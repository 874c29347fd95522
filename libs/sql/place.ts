import type { Kysely, Logger } from 'kysely';
import { openPostgres } from './postgres/postgres.js';
import { openPostgresWriter } from './postgres/writer.js';
import { openSqlite } from './sqlite/sqlite.js';
import { openSqliteWriter } from './sqlite/writer.js';
import type { SqlWriter } from './writer.js';

/** Where tables are kept: a file of SQLite, or a database of PostgreSQL by its URL. */
export type SqlPlace = { readonly file: string } | { readonly url: string };

export interface OpenOptions {
  readonly readonly?: boolean;
  /** Told of each statement after it ran. */
  readonly log?: Logger;
}

/** Opens a place for queries. `destroy()` closes it. @throws SqliteRefused, DatabaseUnusable from the first query on */
export const openSql = <Schema>(place: SqlPlace, options: OpenOptions = {}): Kysely<Schema> =>
  'url' in place ? openPostgres<Schema>({ ...place, ...options }) : openSqlite<Schema>({ ...place, ...options });

/**
 * Opens a place for whoever writes its views. On SQLite it blocks its thread, so it belongs into a worker thread.
 * @param process what `SqlWriter.process` shall be where there are others; a new name by default
 */
export const openWriter = (place: SqlPlace, process?: string): SqlWriter =>
  'url' in place ? openPostgresWriter(place, process) : openSqliteWriter(place);
