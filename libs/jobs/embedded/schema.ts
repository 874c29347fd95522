import { sql, SqliteAdapter, type Kysely, type Migration, type RawBuilder } from 'kysely';
import type { Instant } from '#kernel';
import type { JobState } from '../port.js';

export interface JobTable {
  id: string;
  queue: string;
  data: string;
  due_at: Instant;
  /** When it is to be carried to a worker: when it is due, later where it was carried already. */
  carry_at: Instant;
  state: JobState;
  failures: number;
  last_error: string | null;
}

export interface JobTables {
  job: JobTable;
}

/** Not derived from the log: no rebuild touches it. */
export const JOB_MIGRATIONS: Readonly<Record<string, Migration>> = {
  'jobs-0001': { up: createTables },
  // Behind the outbox's, whose database they share: migrations are run in the order of their names.
  'outbox-0003-jobs': { up: addCarrying },
};

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const isSqlite = (db: Kysely<any>): boolean => db.getExecutor().adapter instanceof SqliteAdapter;

/** Text that compares by code points on every store. */
const exact = (db: Kysely<unknown>): RawBuilder<unknown> => (isSqlite(db) ? sql`text` : sql`text collate "C"`);

async function createTables(db: Kysely<unknown>): Promise<void> {
  const text = exact(db);
  await db.schema
    .createTable('job')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('queue', text, (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('due_at', text, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .execute();
  await db.schema.createIndex('job_due').on('job').columns(['queue', 'state', 'due_at']).execute();
}

async function addCarrying(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('job')
    .addColumn('carry_at', exact(db), (column) => column.notNull().defaultTo(''))
    .execute();
  await sql`update job set carry_at = due_at`.execute(db);
  await db.schema.createIndex('job_carry').on('job').columns(['queue', 'state', 'carry_at']).execute();
  await db.schema.createIndex('job_state').on('job').columns(['state', 'due_at']).execute();
}
