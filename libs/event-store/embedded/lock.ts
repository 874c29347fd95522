import Database from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreError } from '../errors.js';

/** Another process, or another store in this one, writes into the folder. */
export class FolderInUse extends EventStoreError {
  readonly code = 'FOLDER_IN_USE';

  constructor(
    readonly folder: string,
    owner: string,
  ) {
    super(
      `The folder ${folder} is in use by another Redress (${owner}): stop it first, or go through its HTTP API, or give this one a folder of its own.`,
    );
  }
}

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for writing, for one holder at a time.
 * @throws FolderInUse where somebody else has it
 */
export function lockFolder(folder: string): FolderLock {
  const ownerFile = join(folder, 'writer.pid');
  const lock = holdFile(join(folder, 'writer.lock'));
  if (lock === undefined) throw new FolderInUse(folder, ownerIn(ownerFile));
  writeFileSync(ownerFile, String(process.pid));
  return lock;
}

/**
 * Holds a file for this process alone. The operating system gives it free when the process ends, however it ends:
 * SQLite's own file lock on an empty database holds it.
 * @returns undefined where somebody else holds it
 */
export function holdFile(file: string): FolderLock | undefined {
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  return { release: () => void lock.close() };
}

function ownerIn(file: string): string {
  try {
    return `process ${readFileSync(file, 'utf8')}`;
  } catch {
    return 'its process is not known';
  }
}
