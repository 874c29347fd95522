import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./job-worker.test.js'));
