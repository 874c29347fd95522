import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { JOB_MIGRATIONS, type JobTables } from '#jobs/embedded';
import { OUTBOX_MIGRATIONS, type OutboxTables } from '#notifications/embedded';
import { migrateToLatest, openPostgres, openSqlite, sessionsOf } from '#sql';
import { vaultUrl, type VaultPlace } from './vault-place.js';

/** Beside the log and not derived from it: no rebuild touches this file. */
export const OUTBOX_FILE = 'outbox.db';

/** Where the names of the migrations stand in a database that has other tables, too. */
const OUTBOX_MIGRATED = 'outbox_migration';

/** A job in hand keeps a connection (see libs/jobs/embedded/taking.ts); the outbox itself is asked meanwhile. */
const CONNECTIONS = 16;
/** Of a process that takes no jobs in hand. */
const CONNECTIONS_TO_ASK = 4;

const MIGRATIONS = { ...OUTBOX_MIGRATIONS, ...JOB_MIGRATIONS };

/** `role` as in the settings: what of the work the process does. */
export type OutboxPlace = VaultPlace & { readonly role?: 'all' | 'api' | 'worker' };

export type OutboxDatabase = Kysely<OutboxTables & JobTables>;

/**
 * Who is told of what and the ledger of jobs: in PostgreSQL where the keys are, because several processes share the log
 * then, else in the data folder. `destroy()` closes it.
 * @param process `SqlWriter.process`: what it has locked is free when it stalls
 * @throws SchemaNewer, DatabaseUnusable
 */
export async function openOutbox(place: OutboxPlace, process?: string): Promise<OutboxDatabase> {
  const url = vaultUrl(place);
  const db: OutboxDatabase =
    url === undefined
      ? openSqlite({ file: join(place.folder, OUTBOX_FILE) })
      : openPostgres({
          url,
          connections: place.role === 'api' ? CONNECTIONS_TO_ASK : CONNECTIONS,
          ...(process && { name: sessionsOf(process) }),
        });
  try {
    // Whatever is marked as sent must stay so when the power fails a moment later.
    if (url === undefined) await sql`PRAGMA synchronous = FULL`.execute(db);
    await migrateToLatest(db, MIGRATIONS, url === undefined ? undefined : OUTBOX_MIGRATED);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** @returns the names of the migrations that were run @throws SchemaNewer, DatabaseUnusable */
export async function migrateOutbox(url: string): Promise<readonly string[]> {
  const db: OutboxDatabase = openPostgres({ url, connections: 1 });
  try {
    return await migrateToLatest(db, MIGRATIONS, OUTBOX_MIGRATED);
  } finally {
    await db.destroy();
  }
}
