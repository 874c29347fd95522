import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { EventReader } from '#event-store';
import { LOG_FILE, markAsTestLog, openEmbeddedEventStore } from '#event-store/embedded';
import { openEventStoreDb, type EventStoreDb } from '#event-store/eventstoredb';
import { moveLog } from '#event-store/succession';
import type { JobTables } from '#jobs/embedded';
import { positionToken, START } from '#kernel';
import type { OutboxTables } from '#notifications/embedded';
import { controlFile } from '#organisation/embedded';
import { copyDirectory } from '#organisation/postgres';
import { LEDGER_FILE, mergeLedgers } from '#privacy/embedded';
import { copyKeys, erasedThere, type VaultTables } from '#privacy/postgres';
import { asOneFile, openPostgres, tablesOf } from '#sql';
import { openOutbox, OUTBOX_FILE } from '../../worker/outbox-place.js';
import { belongTo, copyOutbox } from '../move/move-outbox.js';
import type { Manifest } from './manifest.js';
import type { Progress } from './progress.js';
import { BackupRefused } from './refusal.js';
import type { BackupSource } from './source.js';

type SharedTables = OutboxTables & JobTables & VaultTables;

export interface SharedOrder {
  /** Holds the attachments, and the erasure ledger of a process. */
  readonly folder: string;
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
  readonly onProgress: Progress;
}

/**
 * A log on EventStoreDB with the PostgreSQL beside it, copied into what a data folder would hold. The copy of the log has a
 * name of its own and knows the one it was made of, so that old position tokens go on after a restore.
 * @throws BackupRefused NO_LOG; AccessDenied, StoreUnavailable, DatabaseUnusable
 */
export async function openSharedSource(order: SharedOrder): Promise<BackupSource> {
  const { folder, eventStoreUrl, databaseUrl } = order;
  if (!existsSync(folder))
    throw new BackupRefused('NO_LOG', `There is no ${folder}: name the data folder, which holds the attachments.`);
  const database = openPostgres<SharedTables>({ url: databaseUrl, connections: 1 });
  try {
    const tables = await tablesOf(database);
    if (!['vault_key', 'notice', 'job'].every((it) => tables.includes(it)))
      throw new BackupRefused('NO_LOG', 'REDRESS_DATABASE_URL names a database that no engine over EventStoreDB used.');
    return new SharedSource(order, database, await openEventStoreDb(eventStoreUrl));
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

class SharedSource implements BackupSource {
  constructor(
    private readonly order: SharedOrder,
    private readonly database: Kysely<SharedTables>,
    private readonly reader: EventStoreDb,
  ) {}

  async outbox(into: string): Promise<void> {
    const copy = await openOutbox({ folder: into });
    try {
      await this.database
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((snapshot) => copyOutbox(snapshot as unknown as Kysely<OutboxTables & JobTables>, copy));
    } finally {
      await copy.destroy();
    }
    asOneFile(join(into, OUTBOX_FILE));
  }

  async log(into: string): Promise<Manifest['log']> {
    const { reader, order } = this;
    const { epoch, testLog } = reader;
    const head = await reader.head();
    // What a store has beside its log stays behind.
    const folder = join(into, 'copying');
    if (testLog) markAsTestLog({ folder });
    const target = await openEmbeddedEventStore({ folder });
    try {
      const onProgress = (what: string, events: number): void => order.onProgress(`${what}: ${events} events`, 0);
      await moveLog({ source: reader, target, until: head ?? START, onProgress });
      await rebound(into, target, epoch);
    } finally {
      await target.close();
    }
    asOneFile(join(folder, LOG_FILE));
    await rename(join(folder, LOG_FILE), join(into, LOG_FILE));
    await rm(folder, { recursive: true });
    return { epoch, testLog, head: head === undefined ? 'start' : positionToken(epoch, head) };
  }

  people(into: string): Promise<void> {
    return copyDirectory(this.order.databaseUrl, controlFile(into));
  }

  keys(into: string): Promise<void> {
    return copyKeys(this.database as unknown as Kysely<VaultTables>, into);
  }

  /** All that any process erased is in the database; what a process could not tell it yet is in its file. */
  async ledger(into: string): Promise<void> {
    const there = await erasedThere(this.database as unknown as Kysely<VaultTables>);
    const file = join(this.order.folder, LEDGER_FILE);
    if (there.length > 0 || existsSync(file)) mergeLedgers([file], join(into, LEDGER_FILE), there);
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.database.destroy();
  }
}

async function rebound(folder: string, log: EventReader, before: string): Promise<void> {
  const outbox = await openOutbox({ folder });
  try {
    await belongTo(outbox, log, before);
  } finally {
    await outbox.destroy();
  }
  asOneFile(join(folder, OUTBOX_FILE));
}
