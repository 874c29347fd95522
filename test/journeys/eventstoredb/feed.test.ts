import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../feed.test.js'));
