import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./plans.test.js'));
