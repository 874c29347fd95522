import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./directory.test.js'));
