import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../hostile.test.js'));
