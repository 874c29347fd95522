import { onPostgres } from '#sql/testing';

await onPostgres(() => import('../settlement.test.js'));
