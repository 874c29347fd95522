import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../as-of.test.js'));
