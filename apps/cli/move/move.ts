import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { EventReader, EventStore } from '#event-store';
import {
  LOG_FILE,
  markAsTestLog,
  openEmbeddedEventReader,
  openEmbeddedEventStore,
  readLogProperties,
} from '#event-store/embedded';
import { openEventStoreDb } from '#event-store/eventstoredb';
import { moveLog, type MoveOptions, type MoveReport } from '#event-store/succession';
import { controlFile } from '#organisation/embedded';
import { copyDirectory } from '#organisation/postgres';
import { LEDGER_FILE, loadMasterKey } from '#privacy/embedded';
import { moveKeysIn, moveKeysOut, type KeyMove, type VaultTables } from '#privacy/postgres';
import { migrateViews, openPostgres, openWriter } from '#sql';
import { awaitDatabase } from '../../api/engine/await-database.js';
import { lockFolder } from '../../api/engine/data-folder.js';
import { markElsewhere, unmark } from '../../worker/log-mark.js';
import { migrateVault } from '../../worker/vault-place.js';
import { CliError } from '../client.js';
import { OUTBOX_FILE } from '../../worker/outbox-place.js';
import { VIEWS_FILE } from '../../worker/views-place.js';
import { verifyLog, type LogReport } from '../verify.js';
import { holdViews } from './hold-views.js';
import { moveOutbox, refuseOtherOutbox } from './move-outbox.js';

/** What a log that is being copied is called until it is whole: no engine takes it for one. */
const UNFINISHED_FILE = 'log.db.moving';
const MASTER_KEY_FILE = 'master.key';
/** SQLite's files of a database. */
const ENDS = ['', '-wal', '-shm'];

export interface MoveOrder {
  readonly folder: string;
  readonly eventStoreUrl: string;
  /** Keeps views, keys, people and what is to be sent where the log is EventStoreDB's. */
  readonly databaseUrl: string;
  readonly masterKey?: string | undefined;
  readonly onProgress?: NonNullable<MoveOptions['onProgress']>;
}

export interface Moved extends MoveReport {
  readonly keys: number;
  readonly jobs: number;
  readonly report: LogReport;
}

/**
 * Takes an embedded log to EventStoreDB, with its keys and what is still to be sent into PostgreSQL; attachments stay in the folder.
 * Killed at any point it goes on when it is called again.
 * @throws FolderInUse, MoveRefused, CliError, and what the stores throw
 */
export async function moveToEventStoreDb(order: MoveOrder): Promise<Moved> {
  const { folder, eventStoreUrl, databaseUrl } = order;
  if (!existsSync(join(folder, LOG_FILE))) throw new CliError(`NO_LOG: ${folder} holds no ${LOG_FILE}.`);
  return exclusively(
    order,
    async () => {
      const { testLog } = readLogProperties({ folder })!;
      const source = openEmbeddedEventReader({ folder });
      const target = await openEventStoreDb(eventStoreUrl, { testLog });
      try {
        if (target.testLog !== testLog)
          throw new CliError('TARGET_NOT_EMPTY: one of the logs was written under a test clock, the other was not.');
        const shared = { folder, databaseUrl, eventStoreUrl };
        await refuseOtherOutbox(shared, target.epoch);
        const moved = await copied(source, target, order);
        const keys = await withKeys(order, moveKeysIn);
        const jobs = await moveOutbox({ from: { folder }, to: shared, log: target, before: source.epoch });
        return { ...moved, keys, jobs };
      } finally {
        await source.close();
        await target.close();
      }
    },
    () => {
      putAside(folder);
      markElsewhere(folder, eventStoreUrl);
    },
  );
}

/** Nobody goes on with the old log by mistake; its words are sealed under keys that are elsewhere now. */
function putAside(folder: string): void {
  for (const end of ENDS)
    if (existsSync(join(folder, LOG_FILE + end)))
      renameSync(join(folder, LOG_FILE + end), join(folder, `${LOG_FILE}.moved${end}`));
  for (const name of [VIEWS_FILE, OUTBOX_FILE])
    for (const end of ENDS) rmSync(join(folder, name + end), { force: true });
}

/** The way back, into a data folder without a log. @throws as `moveToEventStoreDb` */
export async function moveFromEventStoreDb(order: MoveOrder): Promise<Moved> {
  const { folder, eventStoreUrl, databaseUrl } = order;
  if (existsSync(join(folder, LOG_FILE)))
    throw new CliError(`TARGET_NOT_EMPTY: ${folder} holds a log already: name a folder without one.`);
  return exclusively(
    order,
    async () => {
      const source = await openEventStoreDb(eventStoreUrl);
      if (source.testLog) markAsTestLog({ folder, fileName: UNFINISHED_FILE });
      const target = await openEmbeddedEventStore({ folder, fileName: UNFINISHED_FILE });
      try {
        await refuseOtherOutbox({ folder }, target.epoch);
        const moved = await copied(source, target, order);
        const keys = await withKeys(order, moveKeysOut);
        const shared = { folder, databaseUrl, eventStoreUrl };
        const jobs = await moveOutbox({ from: shared, to: { folder }, log: target, before: source.epoch });
        if (!existsSync(controlFile(folder))) await copyDirectory(databaseUrl, controlFile(folder));
        return { ...moved, keys, jobs };
      } finally {
        await source.close();
        await target.close();
      }
    },
    putInPlace,
  );
}

function putInPlace(folder: string): void {
  for (const end of ['-wal', '-shm']) rmSync(join(folder, UNFINISHED_FILE + end), { force: true });
  renameSync(join(folder, UNFINISHED_FILE), join(folder, LOG_FILE));
  unmark(folder);
}

/** Nobody writes meanwhile: the folder is ours, and no process keeps the views of this database. They are dropped at the end. */
async function exclusively<T>(
  { folder, databaseUrl, masterKey }: MoveOrder,
  work: () => Promise<T>,
  finish: (folder: string) => void,
): Promise<T> {
  const lock = lockFolder(folder);
  try {
    if (masterKey === undefined && !existsSync(join(folder, MASTER_KEY_FILE)))
      throw new CliError(`MASTER_KEY_NEEDED: give REDRESS_MASTER_KEY, or put ${MASTER_KEY_FILE} into ${folder}.`);
    await awaitDatabase(databaseUrl, pino({ level: 'warn' }, pino.destination(2)));
    await migrateVault(databaseUrl);
    const writer = openWriter({ url: databaseUrl });
    try {
      await migrateViews(writer.db);
      const views = await holdViews(writer);
      try {
        const result = await work();
        await views.forget();
        finish(folder);
        return result;
      } finally {
        await views.release();
      }
    } finally {
      await writer.close();
    }
  } finally {
    lock.release();
  }
}

async function copied(
  source: EventReader,
  target: EventStore,
  { onProgress }: MoveOrder,
): Promise<MoveReport & { readonly report: LogReport }> {
  const moved = await moveLog({ source, target, ...(onProgress && { onProgress }) });
  const report = await verifyLog(target);
  const before = report.faults.length === 0 ? report : await verifyLog(source);
  // What was wrong before is wrong now: bytes were compared. Anything else came about on the way.
  if (JSON.stringify(report.faults) !== JSON.stringify(before.faults))
    throw new CliError(
      `COPY_DIFFERS: chains that held before do not hold now: ${report.faults.slice(0, 10).join('; ')}`,
    );
  return { ...moved, report };
}

async function withKeys(
  { folder, databaseUrl, masterKey }: MoveOrder,
  move: (keys: KeyMove) => Promise<number>,
): Promise<number> {
  const database = openPostgres<VaultTables>({ url: databaseUrl, connections: 1 });
  try {
    const key = loadMasterKey({ folder, ...(masterKey !== undefined && { fromEnvironment: masterKey }) });
    return await move({ database, folder, masterKey: key, ledgerFile: join(folder, LEDGER_FILE) });
  } finally {
    await database.destroy();
  }
}
