import { sql, SqliteAdapter, type Kysely, type RawBuilder, type ReferenceExpression } from 'kysely';

/** The only place that knows how the SQL stores differ in what queries need. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const isSqlite = (db: Kysely<any>): boolean => db.getExecutor().adapter instanceof SqliteAdapter;

/**
 * A column that must not choose the index. SQLite keeps no statistics of our tables, so a query that knows which of its
 * filters is the rarest hides the others behind a unary plus; PostgreSQL has statistics and is left to choose.
 */
export function residual<T>(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  db: Kysely<any>,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  column: ReferenceExpression<any, any> & string,
): RawBuilder<T> {
  return isSqlite(db) ? sql<T>`+${sql.ref(column)}` : sql<T>`${sql.ref(column)}`;
}

/** Text that compares by code points on every store, so that ranges and orders are the same everywhere. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const exactText = (db: Kysely<any>): RawBuilder<unknown> => (isSqlite(db) ? sql`text` : sql`text collate "C"`);

/** The tables there are; on PostgreSQL those of the schema that is ours, whatever else the database has. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function tablesOf(db: Kysely<any>): Promise<string[]> {
  const query = isSqlite(db)
    ? sql<{ name: string }>`select name from sqlite_master where type = 'table'`
    : sql<{ name: string }>`select tablename as name from pg_tables where schemaname = current_schema()`;
  return (await query.execute(db)).rows.map(({ name }) => name);
}

/** There is nowhere to make tables in. */
class NoSchema extends Error {
  readonly code = 'DATABASE_NO_SCHEMA';

  constructor() {
    super(
      'The search path of the database names no schema that is there and that this user may use: make one, or grant USAGE.',
    );
  }
}

/** The schema of PostgreSQL that is ours. @throws NoSchema */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function currentSchema(db: Kysely<any>): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db);
  const name = rows[0]?.name;
  if (!name) throw new NoSchema();
  return name;
}
