import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../explanation.test.js'));
