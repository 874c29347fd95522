import { onPostgres } from '#sql/testing';

await onPostgres(() => import('../hostile.test.js'));
