import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./runner.test.js'));
