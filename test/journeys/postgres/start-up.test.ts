import { onPostgres } from '#sql/testing';

await onPostgres(() => import('../start-up.test.js'));
