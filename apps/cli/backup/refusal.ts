import { CliError } from '../client.js';

const DISK_FULL = ['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL'];

/** Why a backup was not made or not restored: a stable code, and what to do. */
export class BackupRefused extends CliError {
  constructor(
    readonly code: string,
    readonly says: string,
  ) {
    super(`${code}: ${says}`);
  }
}

/** What the disk said, in words for whoever typed the command; anything else goes on as it is. */
export function ofTheDisk(error: unknown, place: string): unknown {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  // SQLite tells a file that may not grow any more from a full disk by the words only.
  if (DISK_FULL.includes(code) || (code === 'SQLITE_ERROR' && message.includes('full'))) {
    return new BackupRefused(
      'DISK_FULL',
      `There is no room at ${place}: nothing was left there. Make room, try again.`,
    );
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(code) || code === 'SQLITE_CANTOPEN') {
    return new BackupRefused('NOT_WRITABLE', `${place} cannot be used (${code}): ${message}`);
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new BackupRefused('DISK_FAILED', `Writing to ${place} failed (${code}): is the disk full, or broken?`);
  }
  return error;
}
