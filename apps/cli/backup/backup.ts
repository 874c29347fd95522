import { existsSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LOG_FILE } from '#event-store/embedded';
import { instant, newId, SystemClock, type Clock } from '#kernel';
import { controlFile } from '#organisation/embedded';
import { LEDGER_FILE } from '#privacy/embedded';
import { OUTBOX_FILE } from '../../worker/outbox-place.js';
import { copyFile, filesBelow, measured, refuseFilled, wholly } from './files.js';
import { backUpKeys, deleteExpired } from './key-backup.js';
import { emptyManifest, MANIFEST_FILE, release, type BackedUpFile, type Manifest } from './manifest.js';
import type { Progress } from './progress.js';
import { BackupRefused } from './refusal.js';
import { folderSource, type BackupSource } from './source.js';

const DAY_MS = 86_400_000;
const TEST_CLOCK_FILE = 'test-clock';
const ATTACHMENTS = 'attachments';
const DATA_FILES = [OUTBOX_FILE, LOG_FILE, basename(controlFile('')), TEST_CLOCK_FILE];

export interface BackupOrder {
  /** The data folder, whether an engine runs on it or not. */
  readonly folder: string;
  readonly target: string;
  /** Where the keys go: default `<target>.keys`. */
  readonly keys?: string;
  readonly keysExpireInDays: number;
  /** PostgreSQL that keeps people and keys of the API instead of the folder. */
  readonly databaseUrl?: string | undefined;
  /** EventStoreDB that keeps the log instead of the folder; then the database keeps keys and what is to be sent, too. */
  readonly eventStoreUrl?: string | undefined;
  readonly clock?: Clock;
  readonly onProgress?: Progress;
}

type SourceOrder = Pick<BackupOrder, 'folder' | 'databaseUrl' | 'eventStoreUrl'> & { readonly onProgress: Progress };

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
 * @throws BackupRefused TARGET_NOT_EMPTY, NO_LOG, DATABASE_NEEDED, DISK_FULL, NOT_WRITABLE; and what the stores throw; nothing is left at the target then
 */
export async function backUp(order: BackupOrder): Promise<BackupReport> {
  const { keysExpireInDays, clock = new SystemClock(), onProgress = () => undefined } = order;
  const [folder, target] = [resolve(order.folder), resolve(order.target)];
  const keys = resolve(order.keys ?? `${target}.keys`);
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
  const source = await sourceOf({ ...order, folder, onProgress });
  const made = wholly(target, async (staged) => {
    const log = await copyData(source, folder, staged);
    const files: BackedUpFile[] = [];
    for (const path of DATA_FILES) if (existsSync(join(staged, path))) files.push(await measured(staged, path));
    for (const path of attachmentsIn(folder)) {
      const copied = await copyFile(join(folder, path), staged, path);
      if (copied.sha256 !== path.slice(ATTACHMENTS.length).replaceAll('/', '')) damaged.push(copied.sha256);
      files.push(copied);
      onProgress('attachments', files.length / (files.length + 1));
    }
    // Last, and whole or not at all: the keys of all that is in the log were durable before it was.
    onProgress('keys', 0);
    const said = { backup, madeAt, release: release(), epoch: log.epoch, expiresAt: keysExpireAt };
    await backUpKeys({ ...said, source, into: keys });
    await source.ledger(staged);
    if (existsSync(join(staged, LEDGER_FILE))) files.push(await measured(staged, LEDGER_FILE));
    const whole: Manifest = { ...emptyManifest, backup, madeAt, release: said.release, log, files };
    await writeFile(join(staged, MANIFEST_FILE), `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
    onProgress('keys', 1);
    return whole;
  }).finally(() => source.close());
  // Keys of a backup that came to nothing protect nothing and would only lie about.
  const manifest = await made.catch((error: unknown) => {
    rmSync(keys, { recursive: true, force: true });
    throw error;
  });
  const deleted = deleteExpired(keys, manifest.log.epoch, madeAt);
  return { target, keys, manifest, keysExpireAt, damaged, deleted };
}

async function sourceOf({ eventStoreUrl, databaseUrl, ...order }: SourceOrder): Promise<BackupSource> {
  if (eventStoreUrl === undefined) return folderSource({ ...order, databaseUrl });
  if (databaseUrl === undefined)
    throw new BackupRefused('DATABASE_NEEDED', 'REDRESS_DATABASE_URL must name the PostgreSQL beside EventStoreDB.');
  // Its libraries are loaded only where they are wanted.
  const { openSharedSource } = await import('./shared-source.js');
  return openSharedSource({ ...order, eventStoreUrl, databaseUrl });
}

async function copyData(source: BackupSource, folder: string, into: string): Promise<Manifest['log']> {
  await source.outbox(into);
  const log = await source.log(into);
  await source.people(into);
  const standing = join(folder, TEST_CLOCK_FILE);
  if (existsSync(standing)) await copyFile(standing, into, TEST_CLOCK_FILE);
  return log;
}

/** Files that are still being received have no address yet, and no event names them. */
const attachmentsIn = (folder: string): string[] =>
  filesBelow(join(folder, ATTACHMENTS))
    .filter((path) => /^[0-9a-f]{2}\/[0-9a-f]{62}$/.test(path))
    .map((path) => `${ATTACHMENTS}/${path}`);
