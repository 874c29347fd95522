import { Kysely, Migrator, type Migration } from 'kysely';
import type { SqliteFileOptions } from './sqlite-file.js';
import { threadDialect } from './thread-dialect.js';

/**
 * Opens a database file for queries. Statements run on a thread of their own, so none blocks this event loop.
 * `destroy()` closes it.
 * @throws SqliteRefused from the first query on, when the file cannot be opened read-only because it is not there
 */
export const openSqlite = <Schema>(options: SqliteFileOptions): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: threadDialect(options) });

/** Brings tables that are not derived from the log to the present schema; migrations run in the order of their names. */
export async function migrateToLatest(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  db: Kysely<any>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
