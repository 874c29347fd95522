import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./sql-long-jobs.test.js'));
