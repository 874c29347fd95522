import { Migrator, type Kysely, type Migration } from 'kysely';
import { currentSchema, isSqlite, tablesOf } from './dialect.js';

/** A later release has changed these tables already: this one would not know what it reads. */
export class SchemaNewer extends Error {
  readonly code = 'SCHEMA_NEWER';

  constructor(readonly migrations: readonly string[]) {
    super(
      `The database was migrated by a newer release of Redress (${migrations.join(', ')}). ` +
        'Start that release, or restore a backup from before the upgrade.',
    );
  }
}

export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings tables that are not derived from the log to the present schema; migrations run in the order of their names. Of
 * several who begin at once one works and the others find it done: PostgreSQL's advisory lock on one side, the one
 * connection on SQLite's.
 * @param books the table in which the names of those that were run stand
 * @returns the names of those that were run now
 * @throws SchemaNewer
 */
export async function migrateToLatest(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  db: Kysely<any>,
  migrations: Migrations,
  books = 'kysely_migration',
): Promise<readonly string[]> {
  await refuseNewer(db, migrations, books);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: books,
    migrationLockTableName: `${books}_lock`,
    ...(!isSqlite(db) && { migrationTableSchema: await currentSchema(db) }),
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function refuseNewer(db: Kysely<any>, migrations: Migrations, books: string): Promise<void> {
  if (!(await tablesOf(db)).includes(books)) return;
  const run = await db.selectFrom(books).select('name').orderBy('name').execute();
  const unknown = run.map(({ name }) => String(name)).filter((name) => !(name in migrations));
  if (unknown.length > 0) throw new SchemaNewer(unknown);
}
