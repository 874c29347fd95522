import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateToLatest, openSqlite } from '#sql';
import { jobsContract } from '../contract/index.js';
import { JOB_MIGRATIONS, SqlJobs, type JobTables } from './index.js';

jobsContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-jobs-'));
  const db = openSqlite<JobTables>({ file: join(folder, 'outbox.db') });
  await migrateToLatest(db, JOB_MIGRATIONS);
  const close = async (): Promise<void> => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  };
  return { jobs: new SqlJobs(db), close };
});
