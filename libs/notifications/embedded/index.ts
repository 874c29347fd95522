export * from './sql-outbox.js';
export * from './binding.js';
export { OUTBOX_MIGRATIONS, type OutboxTables } from './schema.js';
