import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./views.test.js'));
