import type { AnyDb } from './writer.js';

/** What the keeper of the views says of them, for processes that only read: one row. */
export const STATUS = 'projection_status';
/** What other processes ask of the keeper. */
export const ORDERS = 'projection_order';
/** How far automations have come that one process at a time runs. */
export const CHECKPOINTS = 'automation_checkpoint';

export async function createShared(db: AnyDb): Promise<void> {
  await db.schema
    .createTable(STATUS)
    .ifNotExists()
    .addColumn('one', 'integer', (column) => column.primaryKey())
    .addColumn('status', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable(ORDERS)
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('said', 'text', (column) => column.notNull())
    .addColumn('answer', 'text')
    .execute();
  await db.schema
    .createTable(CHECKPOINTS)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('token', 'text', (column) => column.notNull())
    .execute();
}
