import { onEventStoreDb } from '#sql/testing';

await onEventStoreDb(() => import('../thin-path.test.js'));
