import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { MasterKeyUnusable } from '../errors.js';
import { KEYS_FILE } from './key-database.js';

const MASTER_KEY_FILE = 'master.key';
export const KEY_BYTES = 32;

/**
 * The key that wraps all others (EVENTS.md 8): from the environment, else from `master.key` in the folder, which is
 * made on the first start, readable for its owner only.
 * @param fromEnvironment REDRESS_MASTER_KEY: 32 bytes as base64 (43 or 44 characters) or hex (64)
 * @throws MasterKeyUnusable where it is not 32 bytes, or the file is gone while keys wrapped by it are still there
 */
export function loadMasterKey({ folder, fromEnvironment }: { folder: string; fromEnvironment?: string }): Buffer {
  if (fromEnvironment !== undefined) return parseMasterKey(fromEnvironment, 'REDRESS_MASTER_KEY');
  const file = join(folder, MASTER_KEY_FILE);
  if (!existsSync(file)) {
    if (existsSync(join(folder, KEYS_FILE))) {
      throw new MasterKeyUnusable(
        `${file} is missing but ${KEYS_FILE} is there: put the master key back, or give it as REDRESS_MASTER_KEY.`,
      );
    }
    makeMasterKey(folder, file);
  }
  return parseMasterKey(readFileSync(file, 'utf8'), file);
}

function makeMasterKey(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // A link never replaces: of two processes that start at once the first one's key holds for both.
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(temporary);
  }
  syncFolder(folder);
}

/** Makes names that were added to or removed from a folder durable. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function parseMasterKey(text: string, from: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64');
  throw new MasterKeyUnusable(
    `${from} is not a master key: it must be ${KEY_BYTES} bytes as base64 (44 characters) or hex (64 characters).`,
  );
}
