import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../idempotency.test.js'));
