import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../notifications.test.js'));
