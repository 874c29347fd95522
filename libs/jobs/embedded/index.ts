export * from './sql-jobs.js';
export * from './sql-long-jobs.js';
export { JOB_MIGRATIONS, type JobTables } from './schema.js';
