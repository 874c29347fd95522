import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateToLatest, openSql } from '#sql';
import { isOnPostgres, placeOf } from '#sql/testing';
import { longJobsContract } from '../contract/long-jobs.js';
import { JOB_MIGRATIONS, SqlJobs, SqlLongJobs, type JobTables } from './index.js';

longJobsContract(isOnPostgres() ? 'PostgreSQL' : 'SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-long-jobs-'));
  const db = openSql<JobTables>(await placeOf(folder, 'outbox'));
  await migrateToLatest(db, JOB_MIGRATIONS, 'outbox_migration');
  const close = async (): Promise<void> => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  };
  return { jobs: new SqlJobs(db), longJobs: new SqlLongJobs(db), close };
});
