import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../packs.test.js'));
