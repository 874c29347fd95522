import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../repeats.test.js'));
