import type { Position } from '#kernel';
import { withoutGeneration } from './checkpoints.js';
import { isSqlite } from '../dialect.js';
import { createShared, ORDERS } from '../keeping/shared-tables.js';
import { changeShares, createShares, forgetShares, type ShareRow } from '../keeping/share-books.js';
import { migrateToLatest, type Migrations } from '../migrate.js';
import type { Projection } from './projection.js';
import { physicalName, servedName } from '../shape.js';
import type { ParkedPartition } from './status.js';
import type { Generation, Phase } from './track.js';
import type { AnyDb } from '../writer.js';

const GENERATIONS = 'projection_generation';
const PARKED = 'projection_parked';
const LOG = 'projection_log';

/** Where the names of the migrations of these tables stand, apart from those of other tables in the same database. */
const MIGRATED = 'projection_migration';

/** The runner's own tables: one migration per change, run in the order of their names. */
export const PROJECTION_MIGRATIONS: Migrations = {
  '0001-generations-and-leases': { up: createBookkeeping },
  '0002-several-processes': { up: createShared },
  /**
   * Where views stood they go on: the position of a generation counts for shares that say nothing of their own. A process of
   * an older release that keeps views meanwhile finds its leases gone and commits nothing.
   */
  '0003-shares': {
    async up(db) {
      await createShares(db);
      await db.schema.dropTable('projection_lease').ifExists().execute();
      await db.schema.dropTable('projection_status').ifExists().execute();
      await db.deleteFrom(ORDERS).execute();
    },
  },
};

/** @returns the names of the migrations that were run */
export const migrateViews = (db: AnyDb): Promise<readonly string[]> =>
  migrateToLatest(db, PROJECTION_MIGRATIONS, MIGRATED);

/** Which generations there are, how far each has come, and what is parked. */
async function createBookkeeping(db: AnyDb): Promise<void> {
  await db.schema
    .createTable(GENERATIONS)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('tables', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('serving', 'integer', (column) => column.notNull())
    .addColumn('commit_position', 'text', (column) => column.notNull())
    .addColumn('prepare_position', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${GENERATIONS}_key`, ['name', 'generation'])
    .execute();
  await db.schema
    .createTable(PARKED)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('partition_key', 'text', (column) => column.notNull())
    .addColumn('commit_position', 'text', (column) => column.notNull())
    .addColumn('prepare_position', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('error', 'text', (column) => column.notNull())
    .addColumn('parked_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${PARKED}_key`, ['name', 'generation', 'partition_key'])
    .execute();
  await db.schema
    .createTable(LOG)
    .ifNotExists()
    .addColumn('epoch', 'text', (column) => column.notNull())
    .execute();
}

/** How somebody gets rid of all views, in words that a sentence begins with. */
export const howToForget = (db: AnyDb): string =>
  isSqlite(db)
    ? 'Stop, delete views.db, start again'
    : 'Name another database in REDRESS_DATABASE_URL, or stop, run "redress migrate --forget-views", start again';

/** Views that were made from another log are of no use for this one. */
export class OtherLog extends Error {
  readonly code = 'VIEWS_OF_ANOTHER_LOG';

  constructor(db: AnyDb) {
    super(`The views were made from another event log. ${howToForget(db)}: they are rebuilt from the log.`);
  }
}

export async function bindToLog(db: AnyDb, epoch: string): Promise<void> {
  const known = await db.selectFrom(LOG).select('epoch').executeTakeFirst();
  if (known === undefined) await db.insertInto(LOG).values({ epoch }).execute();
  else if (known['epoch'] !== epoch) throw new OtherLog(db);
}

/** Which generations there are of these projections, the oldest first. */
export async function loadGenerations(db: AnyDb, projections: readonly Projection[]): Promise<Generation[]> {
  const rows = await db.selectFrom(GENERATIONS).selectAll().orderBy('generation').execute();
  return rows.flatMap((row) => {
    const projection = projections.find(({ name }) => name === row['name']);
    return projection ? [{ projection, ...standingIn(row) }] : [];
  });
}

export type StoredGeneration = Omit<Generation, 'projection'> & { readonly name: string };

/** All that there are, whether this program knows the projection or not. */
export async function storedGenerations(db: AnyDb): Promise<StoredGeneration[]> {
  const rows = await db.selectFrom(GENERATIONS).selectAll().orderBy('name').orderBy('generation').execute();
  return rows.map((row) => ({ name: row['name'], ...standingIn(row) }));
}

const standingIn = (row: Stored): Omit<Generation, 'projection'> => ({
  generation: Number(row['generation']),
  version: Number(row['version']),
  tables: JSON.parse(String(row['tables'])) as string[],
  phase: row['phase'] as Phase,
  serving: row['serving'] === 1,
  base: positionOf(row),
});

export interface StoredParked {
  readonly name: string;
  readonly generation: number;
  readonly parked: ParkedPartition;
}

export async function loadParked(db: AnyDb): Promise<StoredParked[]> {
  const rows = await db.selectFrom(PARKED).selectAll().execute();
  return rows.map((row) => ({ name: row['name'], generation: Number(row['generation']), parked: parkedOf(row) }));
}

/** The tables of every generation in the books, whosever projections they are. */
export async function tablesInBooks(db: AnyDb): Promise<Set<string>> {
  const rows = await db.selectFrom(GENERATIONS).select(['generation', 'tables']).execute();
  return new Set(
    rows.flatMap(({ generation, tables }) =>
      (JSON.parse(tables) as string[]).map((name) => physicalName({ name }, generation)),
    ),
  );
}

/** Strikes projections that the code does not have any more from the books. */
export async function forgetAllBut(db: AnyDb, names: readonly string[]): Promise<void> {
  for (const table of [GENERATIONS, PARKED]) await db.deleteFrom(table).where('name', 'not in', names).execute();
}

export async function insertGeneration(db: AnyDb, generation: Generation): Promise<void> {
  const { projection, version, tables, phase, serving, base } = generation;
  await db
    .insertInto(GENERATIONS)
    .values({
      name: projection.name,
      generation: generation.generation,
      version,
      tables: JSON.stringify(tables),
      phase,
      serving: Number(serving),
      ...columnsOf(base),
    })
    .execute();
}

/** @param shares all there are, locked */
export async function forgetGeneration(db: AnyDb, gone: Generation, shares: readonly ShareRow[]): Promise<void> {
  for (const table of [GENERATIONS, PARKED]) {
    await db
      .deleteFrom(table)
      .where('name', '=', gone.projection.name)
      .where('generation', '=', gone.generation)
      .execute();
  }
  const before = new Map(shares.map(({ share, checkpoints }) => [share, checkpoints]));
  const after = [...before].map(([share, checkpoints]) => [share, withoutGeneration(checkpoints, gone)] as const);
  await changeShares(db, before, new Map(after.filter(([share, text]) => text !== before.get(share))));
}

export async function saveStanding(
  db: AnyDb,
  generation: Generation,
  change: { phase?: Phase; serving?: boolean },
): Promise<void> {
  await db
    .updateTable(GENERATIONS)
    .set({
      ...(change.phase !== undefined && { phase: change.phase }),
      ...(change.serving !== undefined && { serving: Number(change.serving) }),
    })
    .where('name', '=', generation.projection.name)
    .where('generation', '=', generation.generation)
    .execute();
}

export async function saveParked(db: AnyDb, generation: Generation, parked: ParkedPartition): Promise<void> {
  const { partition, position, eventId, error, parkedAtMs } = parked;
  await removeParked(db, generation, partition);
  await db
    .insertInto(PARKED)
    .values({
      name: generation.projection.name,
      generation: generation.generation,
      partition_key: partition,
      ...columnsOf(position),
      event_id: eventId,
      error,
      parked_at_ms: parkedAtMs,
    })
    .execute();
}

export async function removeParked(
  db: AnyDb,
  { projection, generation }: Generation,
  partition: string,
): Promise<void> {
  await db
    .deleteFrom(PARKED)
    .where('name', '=', projection.name)
    .where('generation', '=', generation)
    .where('partition_key', '=', partition)
    .execute();
}

/** Drops every view and what is known of them: they are made anew at the next start. Not while anybody keeps them. */
export async function forgetViews(db: AnyDb): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const tables = [...(await tablesInBooks(trx))];
    for (const name of new Set(tables.map(servedName))) await trx.schema.dropView(name).ifExists().execute();
    for (const name of tables) await trx.schema.dropTable(name).ifExists().execute();
    for (const table of [GENERATIONS, PARKED, LOG]) await trx.deleteFrom(table).execute();
    await forgetShares(trx);
  });
}

const columnsOf = ({ commit, prepare }: Position): { commit_position: string; prepare_position: string } => ({
  commit_position: String(commit),
  prepare_position: String(prepare),
});

type Stored = Readonly<Record<string, string | number>>;

const positionOf = (row: Stored): Position => ({
  commit: BigInt(row['commit_position']!),
  prepare: BigInt(row['prepare_position']!),
});

const parkedOf = (row: Stored): ParkedPartition => ({
  partition: String(row['partition_key']),
  position: positionOf(row),
  eventId: String(row['event_id']),
  error: String(row['error']),
  parkedAtMs: Number(row['parked_at_ms']),
});
