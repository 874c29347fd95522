import { sql, SqliteAdapter, type Kysely, type Migration, type RawBuilder } from 'kysely';
import type { Instant } from '#kernel';
import type { LongJobState } from '../long-jobs.js';
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

export interface LongJobTable {
  id: string;
  kind: string;
  job_order: string;
  input_key: string;
  result_key: string;
  state: LongJobState;
  /** Counts whoever began it: what an earlier one still writes is refused. */
  run: number;
  progress: string;
  created_at: Instant;
  finished_at: Instant | null;
  expires_at: Instant;
}

export interface LongJobPieceTable {
  job_id: string;
  name: string;
  n: number;
  bytes: Buffer;
}

export interface JobTables {
  job: JobTable;
  long_job: LongJobTable;
  long_job_piece: LongJobPieceTable;
}

/** Not derived from the log: no rebuild touches it. */
export const JOB_MIGRATIONS: Readonly<Record<string, Migration>> = {
  'jobs-0001': { up: createTables },
  // Behind the outbox's, whose database they share: migrations are run in the order of their names.
  'outbox-0003-jobs': { up: addCarrying },
  'outbox-0004-long-jobs': { up: createLongJobs },
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

async function createLongJobs(db: Kysely<unknown>): Promise<void> {
  const text = exact(db);
  const bytes = isSqlite(db) ? sql`blob` : sql`bytea`;
  await db.schema
    .createTable('long_job')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('job_order', 'text', (column) => column.notNull())
    .addColumn('input_key', 'text', (column) => column.notNull())
    .addColumn('result_key', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('run', 'integer', (column) => column.notNull())
    .addColumn('progress', 'text', (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('finished_at', text)
    .addColumn('expires_at', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('long_job_kind').on('long_job').columns(['kind', 'created_at']).execute();
  await db.schema.createIndex('long_job_expiry').on('long_job').columns(['expires_at']).execute();
  await db.schema
    .createTable('long_job_piece')
    .addColumn('job_id', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('n', 'integer', (column) => column.notNull())
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('long_job_piece_key', ['job_id', 'name', 'n'])
    .execute();
}
