import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./sql-outbox.test.js'));
