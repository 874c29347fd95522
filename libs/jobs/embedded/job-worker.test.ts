import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateToLatest, openSql } from '#sql';
import { isOnPostgres, placeOf } from '#sql/testing';
import { workersContract } from '../contract/workers.js';
import { JobWorker } from '../job-worker.js';
import { JOB_MIGRATIONS, SqlJobs, type JobTables } from './index.js';

workersContract(isOnPostgres() ? 'a worker on PostgreSQL' : 'a worker on SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-workers-'));
  const place = await placeOf(folder, 'outbox');
  const db = openSql<JobTables>(place);
  await migrateToLatest(db, JOB_MIGRATIONS, 'outbox_migration');
  const opened = [db];
  /** A file is one process's. */
  const another = (): SqlJobs => {
    if (!isOnPostgres()) return jobs;
    opened.push(openSql<JobTables>(place));
    return new SqlJobs(opened.at(-1)!);
  };
  const jobs = new SqlJobs(db);
  return {
    jobs,
    start: (options) => new JobWorker({ ...options, jobs: another() }),
    processes: 3,
    async close() {
      await Promise.all(opened.map((it) => it.destroy()));
      rmSync(folder, { recursive: true });
    },
  };
});
