import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { holdFile } from '#event-store/embedded';
import { runningServer, serverFile, type RunningServer } from './running-server.js';
import { writeWhole } from './whole-file.js';

/** Another process holds the data folder. `server` is there where it is a server that answers. */
export class FolderInUse extends Error {
  readonly code = 'FOLDER_IN_USE';

  constructor(
    readonly folder: string,
    readonly server: RunningServer | undefined,
  ) {
    super(
      server === undefined
        ? `The data folder ${folder} is in use by another process.`
        : `The data folder ${folder} is in use by the server at ${server.url} (process ${server.pid}).`,
    );
  }
}

/** The data folder cannot be made or used as it is. */
export class FolderUnusable extends Error {
  readonly code = 'FOLDER_UNUSABLE';

  constructor(folder: string, cause: unknown) {
    super(
      `REDRESS_DATA: the folder ${folder} cannot be used (${(cause as Error).message}). Name a folder that this user may write.`,
      { cause },
    );
  }
}

/** A lock on a data folder that the operating system lifts when its holder dies, however it dies. */
export interface FolderLock {
  /** Tells other processes where the server listens. */
  announce(server: RunningServer): void;
  release(): void;
}

/**
 * Takes the folder for this process alone, and makes it where it is not there.
 * @throws FolderInUse, FolderUnusable
 */
export function lockFolder(folder: string): FolderLock {
  make(folder);
  const lock = holdFile(join(folder, 'lock.sqlite'));
  if (lock === undefined) throw new FolderInUse(folder, runningServer(folder));
  rmSync(serverFile(folder), { force: true });
  return {
    announce: (server) => writeWhole(serverFile(folder), `${JSON.stringify(server)}\n`),
    release: () => {
      rmSync(serverFile(folder), { force: true });
      lock.release();
    },
  };
}

/** A folder that several processes use at once, because what one process alone may write is kept elsewhere. @throws FolderUnusable */
export function shareFolder(folder: string): FolderLock {
  make(folder);
  let announced: string | undefined;
  return {
    announce: (server) => writeWhole(serverFile(folder), (announced = `${JSON.stringify(server)}\n`)),
    release: () => {
      // Another server may have said meanwhile that it is there, too.
      const isOurs = announced !== undefined && existsSync(serverFile(folder));
      if (isOurs && readFileSync(serverFile(folder), 'utf8') === announced) rmSync(serverFile(folder), { force: true });
    },
  };
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new FolderUnusable(folder, error);
  }
}
