import { existsSync, rmSync } from 'node:fs';
import { copyFile as copyWhole, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { instant, newId, positionToken, SystemClock, type Clock } from '#kernel';
import { copyDirectory } from '#organisation/postgres';
import { copySqlite } from '#sql';
import { copyFile, filesBelow, measured, refuseFilled, wholly } from './files.js';
import { backUpKeys, deleteExpired } from './key-backup.js';
import { emptyManifest, MANIFEST_FILE, release, type BackedUpFile, type Manifest } from './manifest.js';
import type { Progress } from './progress.js';
import { BackupRefused } from './refusal.js';

const DAY_MS = 86_400_000;
export const LOG_FILE = 'log.db';
export const CONTROL_FILE = 'control.db';
export const OUTBOX_FILE = 'outbox.db';
export const LEDGER_FILE = 'erasures.jsonl';
const TEST_CLOCK_FILE = 'test-clock';
const ATTACHMENTS = 'attachments';

export interface BackupOrder {
  /** The data folder, whether an engine runs on it or not. */
  readonly folder: string;
  readonly target: string;
  /** Where the keys go: default `<target>.keys`. */
  readonly keys?: string;
  readonly keysExpireInDays: number;
  /** PostgreSQL that keeps people and keys of the API instead of the folder. */
  readonly databaseUrl?: string | undefined;
  readonly clock?: Clock;
  readonly onProgress?: Progress;
}

export interface BackupReport {
  readonly target: string;
  readonly keys: string;
  readonly manifest: Manifest;
  readonly keysExpireAt: string;
  /** Addresses of attachments whose bytes are not what was stored. They are backed up as they are. */
  readonly damaged: readonly string[];
  /** Key backups that were deleted, because their day had come. */
  readonly deleted: readonly string[];
}

/**
 * Copies everything that cannot be made anew, beside a running engine or without one. The order makes it consistent: what
 * is to be sent is copied before the log, so that it has read no further than the log goes; keys, attachments and people
 * after it, so that all that its events name is there.
 * @throws BackupRefused TARGET_NOT_EMPTY, NO_LOG, DISK_FULL, NOT_WRITABLE; nothing is left at the target then
 */
export async function backUp(order: BackupOrder): Promise<BackupReport> {
  const { keysExpireInDays, clock = new SystemClock(), onProgress = () => undefined } = order;
  const [folder, target] = [resolve(order.folder), resolve(order.target)];
  const keys = resolve(order.keys ?? `${target}.keys`);
  if (!existsSync(join(folder, LOG_FILE)))
    throw new BackupRefused('NO_LOG', `${folder} holds no ${LOG_FILE}: name the data folder (--data, REDRESS_DATA).`);
  if (`${target}/`.startsWith(`${folder}/`))
    throw new BackupRefused(
      'TARGET_IN_DATA',
      `${target} is within the data folder: what loses the one loses the other.`,
    );
  refuseFilled(target);
  refuseFilled(keys);
  const [backup, madeAt] = [newId(), clock.now()];
  const keysExpireAt = instant(Date.parse(madeAt) + keysExpireInDays * DAY_MS);
  const damaged: string[] = [];
  const made = wholly(target, async (staged) => {
    const files = await copyData(folder, staged, order.databaseUrl, onProgress);
    for (const path of attachmentsIn(folder)) {
      const copied = await copyFile(join(folder, path), staged, path);
      if (copied.sha256 !== path.slice(ATTACHMENTS.length).replaceAll('/', '')) damaged.push(copied.sha256);
      files.push(copied);
      onProgress('attachments', files.length / (files.length + 1));
    }
    const { log } = await cutOf(staged);
    // Last, and whole or not at all: the keys of all that is in the log were durable before it was.
    onProgress('keys', 0);
    const said = { backup, madeAt, release: release(), epoch: log.epoch, expiresAt: keysExpireAt };
    await backUpKeys({ ...said, folder, into: keys });
    files.push(...(await copyLedger(folder, staged)));
    const whole: Manifest = { ...emptyManifest, backup, madeAt, release: said.release, log, files };
    await writeFile(join(staged, MANIFEST_FILE), `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
    onProgress('keys', 1);
    return whole;
  });
  // Keys of a backup that came to nothing protect nothing and would only lie about.
  const manifest = await made.catch((error: unknown) => {
    rmSync(keys, { recursive: true, force: true });
    throw error;
  });
  const deleted = deleteExpired(keys, manifest.log.epoch, madeAt);
  return { target, keys, manifest, keysExpireAt, damaged, deleted };
}

async function copyData(
  folder: string,
  into: string,
  databaseUrl: string | undefined,
  onProgress: Progress,
): Promise<BackedUpFile[]> {
  const files: BackedUpFile[] = [];
  const copy = async (name: string): Promise<void> => {
    if (!existsSync(join(folder, name))) return;
    await copySqlite(join(folder, name), join(into, name), { onProgress: (done) => onProgress(name, done) });
    files.push(await measured(into, name));
  };
  await copy(OUTBOX_FILE);
  await copy(LOG_FILE);
  if (databaseUrl === undefined) await copy(CONTROL_FILE);
  else {
    await copyDirectory(databaseUrl, join(into, CONTROL_FILE));
    files.push(await measured(into, CONTROL_FILE));
  }
  const standing = join(folder, TEST_CLOCK_FILE);
  if (existsSync(standing)) files.push(await copyFile(standing, into, TEST_CLOCK_FILE));
  return files;
}

/** Files that are still being received have no address yet, and no event names them. */
const attachmentsIn = (folder: string): string[] =>
  filesBelow(join(folder, ATTACHMENTS))
    .filter((path) => /^[0-9a-f]{2}\/[0-9a-f]{62}$/.test(path))
    .map((path) => `${ATTACHMENTS}/${path}`);

/** After the keys: whatever is erased in their copy stands in that of the ledger. */
async function copyLedger(folder: string, into: string): Promise<BackedUpFile[]> {
  const ledger = join(folder, LEDGER_FILE);
  if (!existsSync(ledger)) return [];
  await copyWhole(ledger, join(into, LEDGER_FILE));
  return [await measured(into, LEDGER_FILE)];
}

async function cutOf(folder: string): Promise<Pick<Manifest, 'log'>> {
  const reader = openEmbeddedEventReader({ folder });
  try {
    const { epoch, testLog } = reader.properties;
    const head = await reader.head();
    return { log: { epoch, testLog, head: head === undefined ? 'start' : positionToken(epoch, head) } };
  } finally {
    await reader.close();
  }
}
