import { createHmac } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { sql } from 'kysely';
import type { Clock } from '#kernel';
import { hearNotices, migrateToLatest, openPostgres, openSqlite } from '#sql';
import { Directory } from '../directory.js';
import { CONTROL_MIGRATIONS, DIRECTORY_CHANGED, type ControlDatabase, type ControlTables } from '../schema.js';

/** One for whose turn it is, others for what is done meanwhile; what is asked is in memory. */
const CONNECTIONS = 4;

export interface SharedDirectoryOptions {
  readonly url: string;
  /** 32 bytes, the vault's secret `api-keys`; the same for all who share the directory. */
  readonly secret: Buffer;
  readonly clock: Clock;
  /** A `control.db` from the time on one machine: where the database knows nobody yet, its people and keys move in. */
  readonly movesIn?: string;
}

/**
 * Opens the directory that several processes share in PostgreSQL. Each has all of it in memory and hears of what the others
 * change; what is checked before it is written is done by one of them at a time.
 * @throws DatabaseUnusable, SchemaNewer, DirectoryOfAnother
 */
export async function openSharedDirectory({ url, secret, clock, movesIn }: SharedDirectoryOptions): Promise<Directory> {
  const database = openPostgres<ControlTables>({ url, connections: CONNECTIONS });
  try {
    await migrateToLatest(database, CONTROL_MIGRATIONS);
    const inTurn = turns(database);
    await inTurn(async () => {
      await bindToSecret(database, secret);
      if (movesIn !== undefined) await moveIn(database, movesIn);
    });
    const directory = new Directory(database, secret, clock, async (work) =>
      inTurn(async () => {
        await directory.load();
        return work();
      }),
    );
    await directory.load();
    // What fails now is read at the next notice, or when the connection is there again.
    const reload = (): void => void directory.load().catch(() => undefined);
    const notices = await hearNotices(url, DIRECTORY_CHANGED, reload);
    directory.onClose(() => notices.close());
    return directory;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** @returns the names of the migrations that were run @throws SchemaNewer, DatabaseUnusable */
export async function migrateDirectory(url: string): Promise<readonly string[]> {
  const database = openPostgres<ControlTables>({ url });
  try {
    return await migrateToLatest(database, CONTROL_MIGRATIONS);
  } finally {
    await database.destroy();
  }
}

/** One at a time in this process, and of all processes one. */
function turns(database: ControlDatabase): <T>(work: () => Promise<T>) => Promise<T> {
  const lock = sql`hashtextextended('redress ' || current_schema() || ' directory', 0)`;
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = before.then(() =>
      database.connection().execute(async (session) => {
        await sql`select pg_advisory_lock(${lock})`.execute(session);
        try {
          return await work();
        } finally {
          await sql`select pg_advisory_unlock(${lock})`.execute(session);
        }
      }),
    );
    before = turn.catch(() => undefined);
    return turn;
  };
}

/** The keys in this database were issued under another secret: nobody's would work, and nobody could make new ones. */
export class DirectoryOfAnother extends Error {
  readonly code = 'DATABASE_OF_ANOTHER_FOLDER';

  constructor() {
    super(
      'The people and keys in this database belong to another data folder. ' +
        'Name a database of its own in REDRESS_DATABASE_URL, or the data folder (REDRESS_DATA) that belongs to it.',
    );
  }
}

async function bindToSecret(database: ControlDatabase, secret: Buffer): Promise<void> {
  const fingerprint = createHmac('sha256', secret).update('the secret of this directory').digest('base64url');
  const known = await database.selectFrom('directory_secret').select('fingerprint').executeTakeFirst();
  if (!known) await database.insertInto('directory_secret').values({ fingerprint }).execute();
  else if (known.fingerprint !== fingerprint) throw new DirectoryOfAnother();
}

const TABLES = ['person', 'post_holder', 'api_key', 'session', 'sign_in_link'] as const;

/** The file is put aside then: with it a key that was revoked since would work again. */
async function moveIn(database: ControlDatabase, file: string): Promise<void> {
  if (!existsSync(file)) return;
  const known = await database.selectFrom('person').select('id').limit(1).executeTakeFirst();
  if (known) return;
  const before = openSqlite<ControlTables>({ file });
  try {
    await migrateToLatest(before, CONTROL_MIGRATIONS);
    await database.transaction().execute((transaction) => copyTables(before, transaction));
  } finally {
    await before.destroy();
  }
  renameSync(file, `${file}.moved`);
}

/** Writes people and keys into a `control.db` of its own, which moves into an empty database at the next start on it. */
export async function copyDirectory(url: string, file: string): Promise<void> {
  const database = openPostgres<ControlTables>({ url });
  const copy = openSqlite<ControlTables>({ file });
  try {
    await migrateToLatest(copy, CONTROL_MIGRATIONS);
    await database
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((snapshot) => copyTables(snapshot, copy));
    // One file that can be copied, without a write-ahead log beside it.
    await sql`PRAGMA journal_mode = DELETE`.execute(copy);
  } finally {
    await copy.destroy();
    await database.destroy();
  }
}

async function copyTables(from: ControlDatabase, to: ControlDatabase): Promise<void> {
  for (const table of TABLES) {
    for (const row of await from.selectFrom(table).selectAll().execute()) {
      await to.insertInto(table).values(row).execute();
    }
  }
}
