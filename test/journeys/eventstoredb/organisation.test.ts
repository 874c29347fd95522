import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../organisation.test.js'));
