import { existsSync, rmSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LOG_FILE } from '#event-store/embedded';
import { SystemClock, type Clock } from '#kernel';
import { erasedIn, LEDGER_FILE, loadMasterKey, mergeLedgers, openEmbeddedVault } from '#privacy/embedded';
import { FolderInUse } from '../../api/engine/data-folder.js';
import { runningServer } from '../../api/engine/running-server.js';
import { VIEWS_FILE } from '../../worker/views-place.js';
import { eraseAgain } from './erase-again.js';
import { copyChecked, refuseFilled, wholly } from './files.js';
import { isExpired } from './key-backup.js';
import { readKeyManifest, readManifest, type KeyManifest, type Manifest } from './manifest.js';
import type { Progress } from './progress.js';
import { BackupRefused } from './refusal.js';
import { beginAnew, readLog } from './restored-log.js';

const MASTER_KEY_FILE = 'master.key';

export interface RestoreOrder {
  readonly backup: string;
  /** New or empty. */
  readonly folder: string;
  /** Default: `<backup>.keys`. Those of a later backup of the same log serve too. */
  readonly keys?: string;
  /** The erasure ledger of the place that was lost, or its data folder; `none` where it went down with it. */
  readonly ledger: string | 'none';
  /** A file with the master key, which is put into the folder. */
  readonly masterKeyFile?: string | undefined;
  /** What REDRESS_MASTER_KEY says; it is written nowhere. */
  readonly masterKey?: string | undefined;
  readonly clock?: Clock;
  readonly onProgress?: Progress;
}

export interface RestoreReport {
  readonly manifest: Manifest;
  /** Cases whose persons were erased after the backup was made, and now again. */
  readonly erasedAgain: readonly string[];
  readonly events: number;
  readonly cases: number;
}

/**
 * Makes a data folder out of a backup. Nothing is built: views come with the next start.
 * @throws BackupRefused naming what is wrong with the backup, its keys or the place; the folder is as it was then
 */
export async function restore(order: RestoreOrder): Promise<RestoreReport> {
  const [backup, folder] = [resolve(order.backup), resolve(order.folder)];
  const server = existsSync(folder) ? runningServer(folder) : undefined;
  if (server !== undefined) throw new FolderInUse(folder, server);
  refuseFilled(folder);
  const manifest = readManifest(backup);
  const keys = resolve(order.keys ?? `${backup}.keys`);
  const keyManifest = readKeyManifest(keys);
  checkKeys(keys, keyManifest, manifest, order.clock ?? new SystemClock());
  const ledgers = ledgersOf(order.ledger);
  return wholly(folder, async (staged) => {
    await copyAll(order, { backup, keys, manifest, keyManifest }, staged);
    mergeLedgers([join(backup, LEDGER_FILE), ...ledgers], join(staged, LEDGER_FILE));
    return settleInto(order, manifest, staged);
  });
}

/** @throws BackupRefused KEY_BACKUP_EXPIRED, KEYS_OF_ANOTHER_LOG, KEYS_OLDER_THAN_LOG */
function checkKeys(keys: string, keyManifest: KeyManifest, { log, madeAt }: Manifest, clock: Clock): void {
  if (isExpired(keyManifest, clock.now())) {
    throw new BackupRefused(
      'KEY_BACKUP_EXPIRED',
      `The keys in ${keys} expired on ${keyManifest.expiresAt}: who was erased since must stay erased. Delete the folder; ` +
        'name the keys of a later backup of the same log with --keys.',
    );
  }
  if (keyManifest.epoch !== log.epoch)
    throw new BackupRefused(
      'KEYS_OF_ANOTHER_LOG',
      `The keys in ${keys} belong to another log: name its own by --keys.`,
    );
  if (keyManifest.madeAt < madeAt)
    throw new BackupRefused(
      'KEYS_OLDER_THAN_LOG',
      `The keys in ${keys} are of ${keyManifest.madeAt}, the log of ${madeAt}: keys made between them would be missing.`,
    );
}

/**
 * A data folder with its log and without a ledger is one where nobody was ever erased; one whose log is elsewhere has the ledger
 * of a process that may have erased nobody. @throws BackupRefused LEDGER_MISSING */
function ledgersOf(given: string): string[] {
  if (given === 'none') return [];
  if ([LOG_FILE, LEDGER_FILE].some((it) => existsSync(join(given, it)))) return [join(given, LEDGER_FILE)];
  if (existsSync(given) && statSync(given).isFile()) return [given];
  throw new BackupRefused(
    'LEDGER_MISSING',
    `There is no erasure ledger ${given}. If it went down with its place, say --without-ledger.`,
  );
}

interface Sources {
  readonly backup: string;
  readonly keys: string;
  readonly manifest: Manifest;
  readonly keyManifest: KeyManifest;
}

async function copyAll(
  { masterKeyFile, onProgress = () => undefined }: RestoreOrder,
  { backup, keys, manifest, keyManifest }: Sources,
  into: string,
): Promise<void> {
  const files = [
    ...keyManifest.files.map((file) => ({ file, from: keys })),
    ...manifest.files.map((file) => ({ file, from: backup })),
  ];
  for (const [at, { file, from }] of files.entries()) {
    await copyChecked(from, file, into);
    onProgress(file.path, (at + 1) / (files.length + 1));
  }
  if (masterKeyFile === undefined) return;
  if (!existsSync(masterKeyFile))
    throw new BackupRefused('MASTER_KEY_NEEDED', `There is no master key ${masterKeyFile}.`);
  await copyFile(masterKeyFile, join(into, MASTER_KEY_FILE));
}

async function settleInto(order: RestoreOrder, manifest: Manifest, staged: string): Promise<RestoreReport> {
  const ledger = join(staged, LEDGER_FILE);
  const fromLedger = new Set(erasedIn(ledger));
  const { report, head, erased, used } = await readLog(staged, fromLedger);
  if (report.faults.length > 0) {
    const shown = report.faults.slice(0, 10).join('; ');
    throw new BackupRefused(
      'CHAIN_BROKEN',
      `The log in the backup was altered: ${shown}. Restore from another backup.`,
    );
  }
  // Opening replays the ledger against the keys; what the log says was erased goes, too, if the keys are older than that.
  const vault = await openVault(order, staged);
  await vault.destroy([...erased].filter((keyId) => !fromLedger.has(keyId)));
  await vault.close();
  await beginAnew(staged, head);
  const lost = new Map(
    [...used].flatMap(([stream, keyIds]) => {
      const unknown = new Set([...keyIds].filter((keyId) => !erased.has(keyId)));
      return unknown.size > 0 ? [[stream, unknown] as const] : [];
    }),
  );
  const { testLog } = manifest.log;
  const erasedAgain = await eraseAgain({ folder: staged, testLog, masterKey: order.masterKey, lost });
  for (const name of [VIEWS_FILE, `${VIEWS_FILE}-wal`, `${VIEWS_FILE}-shm`])
    rmSync(join(staged, name), { force: true });
  return { manifest, erasedAgain, events: report.events, cases: report.streams };
}

/** @throws BackupRefused MASTER_KEY_NEEDED; WrongMasterKey */
async function openVault({ masterKey, masterKeyFile }: RestoreOrder, folder: string) {
  if (masterKey === undefined && masterKeyFile === undefined)
    throw new BackupRefused(
      'MASTER_KEY_NEEDED',
      'The master key is in no backup: give REDRESS_MASTER_KEY, or the file that you kept by --master-key.',
    );
  const key = loadMasterKey({ folder, ...(masterKey !== undefined && { fromEnvironment: masterKey }) });
  return openEmbeddedVault({ folder, masterKey: key });
}
