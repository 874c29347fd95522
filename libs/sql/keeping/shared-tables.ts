import type { AnyDb } from '../writer.js';

/** What processes ask of whoever keeps a share of the views. */
export const ORDERS = 'projection_order';
/** How far automations have come that one process at a time runs. */
export const CHECKPOINTS = 'automation_checkpoint';

export async function createShared(db: AnyDb): Promise<void> {
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
