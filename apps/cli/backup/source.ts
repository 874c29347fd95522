import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LOG_FILE, openEmbeddedEventReader } from '#event-store/embedded';
import { positionToken } from '#kernel';
import { controlFile } from '#organisation/embedded';
import { copyDirectory } from '#organisation/postgres';
import { LEDGER_FILE } from '#privacy/embedded';
import { copySqlite } from '#sql';
import { OUTBOX_FILE } from '../../worker/outbox-place.js';
import { refuseElsewhere } from '../../worker/log-mark.js';
import { KEYS_FILE } from './key-backup.js';
import type { Manifest } from './manifest.js';
import type { Progress } from './progress.js';
import { BackupRefused } from './refusal.js';

/**
 * Where lies what a backup is made of. Each part is copied into a folder, as the files that a data folder has, beside
 * whoever writes it.
 */
export interface BackupSource {
  /** What is to be sent: before the log, so that it has read no further than the log goes. */
  outbox(into: string): Promise<void>;
  /** The log up to its present end. @returns the name it has where it lies, and where it was cut */
  log(into: string): Promise<Manifest['log']>;
  /** People and their keys of the API. */
  people(into: string): Promise<void>;
  /** The keys of personal words, still wrapped: after the log, whose events name no key that is not durable. */
  keys(into: string): Promise<void>;
  /** The erasure ledger: after the keys, so that whoever is erased in their copy stands in it. */
  ledger(into: string): Promise<void>;
  close(): Promise<void>;
}

export interface FolderOrder {
  readonly folder: string;
  /** PostgreSQL that keeps people and keys of the API instead of the folder. */
  readonly databaseUrl?: string | undefined;
  readonly onProgress: Progress;
}

/** A data folder with a log of its own. @throws BackupRefused NO_LOG; LogNotThere */
export function folderSource({ folder, databaseUrl, onProgress }: FolderOrder): BackupSource {
  refuseElsewhere(folder);
  if (!existsSync(join(folder, LOG_FILE)))
    throw new BackupRefused('NO_LOG', `${folder} holds no ${LOG_FILE}: name the data folder (--data, REDRESS_DATA).`);
  const copy = async (name: string, into: string): Promise<void> => {
    if (!existsSync(join(folder, name))) return;
    await copySqlite(join(folder, name), join(into, name), { onProgress: (done) => onProgress(name, done) });
  };
  return {
    outbox: (into) => copy(OUTBOX_FILE, into),
    async log(into) {
      await copy(LOG_FILE, into);
      return cutOf(into);
    },
    people: (into) =>
      databaseUrl === undefined
        ? copy(basename(controlFile(into)), into)
        : copyDirectory(databaseUrl, controlFile(into)),
    // In one go: readers that stay for long keep erasures waiting.
    keys: (into) => copySqlite(join(folder, KEYS_FILE), join(into, KEYS_FILE), { atOnce: true }),
    async ledger(into) {
      const ledger = join(folder, LEDGER_FILE);
      if (existsSync(ledger)) await copyFile(ledger, join(into, LEDGER_FILE));
    },
    close: () => Promise.resolve(),
  };
}

async function cutOf(folder: string): Promise<Manifest['log']> {
  const reader = openEmbeddedEventReader({ folder });
  try {
    const { epoch, testLog } = reader.properties;
    const head = await reader.head();
    return { epoch, testLog, head: head === undefined ? 'start' : positionToken(epoch, head) };
  } finally {
    await reader.close();
  }
}
