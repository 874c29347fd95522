import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../privacy.test.js'));
