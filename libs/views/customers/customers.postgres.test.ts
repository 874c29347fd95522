import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./customers.test.js'));
