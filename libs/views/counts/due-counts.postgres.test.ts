import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./due-counts.test.js'));
