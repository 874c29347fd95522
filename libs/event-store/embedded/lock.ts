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
 * Takes the folder for writing, for one holder at a time. The operating system gives the lock free when the process
 * ends, however it ends: SQLite's own file lock on an empty database holds it.
 * @throws FolderInUse where somebody else has it
 */
export function lockFolder(folder: string): FolderLock {
  const ownerFile = join(folder, 'writer.pid');
  const lock = new Database(join(folder, 'writer.lock'), { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new FolderInUse(folder, ownerIn(ownerFile));
    throw error;
  }
  writeFileSync(ownerFile, String(process.pid));
  return { release: () => void lock.close() };
}

function ownerIn(file: string): string {
  try {
    return `process ${readFileSync(file, 'utf8')}`;
  } catch {
    return 'its process is not known';
  }
}
