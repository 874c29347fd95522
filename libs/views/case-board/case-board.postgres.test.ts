import { onPostgres } from '#sql/testing';

await onPostgres(() => import('./case-board.test.js'));
