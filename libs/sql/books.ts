import type { Position } from '#kernel';
import { isSqlite } from './dialect.js';
import { createLeases } from './lease.js';
import { createShared, STATUS } from './shared-tables.js';
import { migrateToLatest, type Migrations } from './migrate.js';
import type { Projection } from './projection.js';
import { physicalName, servedName } from './shape.js';
import type { ParkedPartition } from './status.js';
import type { Phase, Track } from './track.js';
import type { AnyDb } from './writer.js';

const GENERATIONS = 'projection_generation';
const PARKED = 'projection_parked';
const LOG = 'projection_log';

/** Where the names of the migrations of these tables stand, apart from those of other tables in the same database. */
const MIGRATED = 'projection_migration';

/** The runner's own tables: one migration per change, run in the order of their names. */
export const PROJECTION_MIGRATIONS: Migrations = {
  '0001-generations-and-leases': {
    async up(db) {
      await createBookkeeping(db);
      await createLeases(db);
    },
  },
  '0002-several-processes': { up: createShared },
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

/** What readers see: how far each served generation is, and whether it is complete. */
export async function servedPositions(
  db: AnyDb,
): Promise<readonly { readonly name: string; readonly isReady: boolean; readonly checkpoint: Position }[]> {
  const rows = await db.selectFrom(GENERATIONS).selectAll().where('serving', '=', 1).execute();
  return rows.map((row) => ({ name: row['name'], isReady: row['phase'] === 'ready', checkpoint: positionOf(row) }));
}

export async function loadTracks(db: AnyDb, projections: readonly Projection[]): Promise<Track[]> {
  const rows = await db.selectFrom(GENERATIONS).selectAll().orderBy('generation').execute();
  const parked = await db.selectFrom(PARKED).selectAll().execute();
  return rows.flatMap((row) => {
    const projection = projections.find(({ name }) => name === row['name']);
    if (!projection) return [];
    const own = parked.filter((it) => it['name'] === row['name'] && it['generation'] === row['generation']);
    return [
      {
        projection,
        generation: row['generation'],
        version: row['version'],
        tables: JSON.parse(row['tables']) as string[],
        checkpoint: positionOf(row),
        phase: row['phase'],
        serving: row['serving'] === 1,
        stopped: undefined,
        parked: new Map(own.map((it) => [it['partition_key'], parkedOf(it)])),
      },
    ];
  });
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

export async function insertTrack(db: AnyDb, track: Track): Promise<void> {
  const { projection, generation, version, tables, phase, serving, checkpoint } = track;
  await db
    .insertInto(GENERATIONS)
    .values({
      name: projection.name,
      generation,
      version,
      tables: JSON.stringify(tables),
      phase,
      serving: Number(serving),
      ...columnsOf(checkpoint),
    })
    .execute();
}

export async function forgetTrack(db: AnyDb, { projection: { name }, generation }: Track): Promise<void> {
  for (const table of [GENERATIONS, PARKED]) {
    await db.deleteFrom(table).where('name', '=', name).where('generation', '=', generation).execute();
  }
}

export async function saveStanding(
  db: AnyDb,
  track: Track,
  change: { phase?: Phase; serving?: boolean },
): Promise<void> {
  await db
    .updateTable(GENERATIONS)
    .set({
      ...(change.phase !== undefined && { phase: change.phase }),
      ...(change.serving !== undefined && { serving: Number(change.serving) }),
    })
    .where('name', '=', track.projection.name)
    .where('generation', '=', track.generation)
    .execute();
}

/**
 * Sets the checkpoint from where it was to where it is, in the transaction that writes the rows.
 * @throws Error when somebody else moved it: the transaction must not commit
 */
export async function moveCheckpoint(db: AnyDb, track: Track, to: Position): Promise<void> {
  const from = columnsOf(track.checkpoint);
  const { numUpdatedRows } = await db
    .updateTable(GENERATIONS)
    .set(columnsOf(to))
    .where('name', '=', track.projection.name)
    .where('generation', '=', track.generation)
    .where('commit_position', '=', from.commit_position)
    .where('prepare_position', '=', from.prepare_position)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error(`another runner moved the checkpoint of ${track.projection.name}`);
}

export async function saveParked(db: AnyDb, track: Track, parked: ParkedPartition): Promise<void> {
  const { partition, position, eventId, error, parkedAtMs } = parked;
  await removeParked(db, track, partition);
  await db
    .insertInto(PARKED)
    .values({
      name: track.projection.name,
      generation: track.generation,
      partition_key: partition,
      ...columnsOf(position),
      event_id: eventId,
      error,
      parked_at_ms: parkedAtMs,
    })
    .execute();
}

export async function removeParked(db: AnyDb, track: Track, partition: string): Promise<void> {
  await db
    .deleteFrom(PARKED)
    .where('name', '=', track.projection.name)
    .where('generation', '=', track.generation)
    .where('partition_key', '=', partition)
    .execute();
}

/** Drops every view and what is known of them: they are made anew at the next start. Not while anybody keeps them. */
export async function forgetViews(db: AnyDb): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const tables = [...(await tablesInBooks(trx))];
    for (const name of new Set(tables.map(servedName))) await trx.schema.dropView(name).ifExists().execute();
    for (const name of tables) await trx.schema.dropTable(name).ifExists().execute();
    for (const table of [GENERATIONS, PARKED, LOG, STATUS]) await trx.deleteFrom(table).execute();
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
