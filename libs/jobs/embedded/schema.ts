import type { Kysely, Migration } from 'kysely';
import type { Instant } from '#kernel';
import type { JobState } from '../port.js';

export interface JobTable {
  id: string;
  queue: string;
  data: string;
  due_at: Instant;
  state: JobState;
  failures: number;
  last_error: string | null;
}

export interface JobTables {
  job: JobTable;
}

/** Not derived from the log: no rebuild touches it. */
export const JOB_MIGRATIONS: Readonly<Record<string, Migration>> = { 'jobs-0001': { up: createTables } };

async function createTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('job')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('due_at', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .execute();
  await schema.createIndex('job_due').on('job').columns(['queue', 'state', 'due_at']).execute();
}
