import { onPostgres } from '#sql/testing';

await onPostgres(() => import('../thin-path.test.js'));
