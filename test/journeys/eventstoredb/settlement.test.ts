import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../settlement.test.js'));
