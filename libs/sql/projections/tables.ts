import { sql, type ColumnDataType, type RawBuilder } from 'kysely';
import { exactText, isSqlite, tablesOf } from '../dialect.js';
import { columnsOf, physicalName, type ColumnType, type IndexShape, type TableShape } from '../shape.js';
import type { Generation } from './track.js';
import type { AnyDb } from '../writer.js';

const shapesOf = (of: Generation): TableShape[] => of.projection.tables.map(({ shape }) => shape);

/** The tables of a generation, with their keys and without secondary indexes. */
export async function createTables(db: AnyDb, generation: Generation): Promise<void> {
  for (const shape of shapesOf(generation)) {
    const name = physicalName(shape, generation.generation);
    const key = shape.heap ? [] : shape.key;
    // SQLite makes a key of one `integer` the place of the row itself, which costs no tree beside it.
    const alone = key.length === 1 ? key[0] : undefined;
    let table = db.schema.createTable(name);
    for (const [column, type] of Object.entries(shape.columns)) {
      table = table.addColumn(column, columnType(db, type), (it) => (column === alone ? it.primaryKey() : it));
    }
    if (key.length > 1) table = table.addPrimaryKeyConstraint(`${name}_key`, [...key] as never[]);
    await table.execute();
  }
}

/** Positions need eight bytes: an integer of SQLite has them, one of PostgreSQL has four. */
function columnType(db: AnyDb, type: ColumnType): ColumnDataType | RawBuilder<unknown> {
  if (type === 'text') return exactText(db);
  return isSqlite(db) ? 'integer' : 'bigint';
}

export interface NamedIndex {
  readonly table: string;
  readonly name: string;
  readonly index: IndexShape;
}

export const indexesOf = (generation: Generation): NamedIndex[] =>
  shapesOf(generation).flatMap((shape) =>
    shape.indexes.map((index) => {
      const table = physicalName(shape, generation.generation);
      const only = index.where ? `_if_${index.where.column}` : '';
      return { table, index, name: `${table}_by_${index.columns.join('_')}${only}` };
    }),
  );

export async function createIndex(db: AnyDb, { table, name, index }: NamedIndex): Promise<void> {
  let builder = db.schema
    .createIndex(name)
    .ifNotExists()
    .on(table)
    .columns([...index.columns]);
  if (index.unique) builder = builder.unique();
  if (index.exact && !isSqlite(db)) builder = builder.using('hash');
  if (index.where) {
    const { column, is } = index.where;
    builder =
      is === 'not null'
        ? builder.where(column, 'is not', null)
        : builder.where(sql<boolean>`${sql.ref(column)} = ${sql.lit(is)}`);
  }
  await builder.execute();
}

/** Points readers to a generation: they only ever name the views. */
export async function serve(db: AnyDb, generation: Generation): Promise<void> {
  for (const shape of shapesOf(generation)) {
    await db.schema.dropView(shape.name).ifExists().execute();
    await db.schema
      .createView(shape.name)
      .as(db.selectFrom(physicalName(shape, generation.generation)).select(columnsOf(shape) as never[]))
      .execute();
  }
}

export async function dropTables(db: AnyDb, { tables, generation }: Generation): Promise<void> {
  for (const name of tables) await db.schema.dropTable(physicalName({ name }, generation)).ifExists().execute();
}

/** Drops the tables of generations that are not among those named. @returns whether there was something to drop */
export async function dropTablesBut(db: AnyDb, known: ReadonlySet<string>): Promise<boolean> {
  const left = (await tablesOf(db)).filter((name) => GENERATION.test(name) && !known.has(name));
  for (const name of left) await db.schema.dropTable(name).execute();
  return left.length > 0;
}

const GENERATION = /_g\d+$/;

/**
 * PostgreSQL plans by what it knows of the rows, and answers from an index alone where it knows that all see them. Not in a
 * transaction. SQLite's queries name their index by how they are written (dialect.ts).
 */
export async function gatherStatistics(db: AnyDb, generation: Generation): Promise<void> {
  if (isSqlite(db)) return;
  for (const { name } of shapesOf(generation)) {
    await sql`vacuum (analyze) ${sql.table(physicalName({ name }, generation.generation))}`.execute(db);
  }
}

/**
 * A swap waits for who reads, and who reads waits for a swap that has a part of the views already. So that they never wait
 * for one another it gives up after a moment, lets go of what it has and tries again.
 */
export const waitBriefly = async (db: AnyDb): Promise<void> => {
  if (!isSqlite(db)) await sql`set local lock_timeout = '200ms'`.execute(db);
};

export const isLockTimeout = (error: unknown): boolean => (error as { code?: string }).code === '55P03';
