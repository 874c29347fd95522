import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./sql-jobs.test.js'));
