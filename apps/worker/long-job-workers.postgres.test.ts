import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./long-job-workers.test.js'));
