export { MASTER_KEY, TestLog, type Said } from './test-log.js';
export { TestViews } from './test-views.js';
export { freshSchema, isOnEventStoreDb, isOnPostgres, onEventStoreDb, onPostgres, placeOf } from './test-store.js';
export * from './test-projections.js';
