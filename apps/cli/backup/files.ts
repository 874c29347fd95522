import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '#kernel';
import type { BackedUpFile } from './manifest.js';
import { BackupRefused, ofTheDisk } from './refusal.js';

/** @throws BackupRefused TARGET_NOT_EMPTY */
export function refuseFilled(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)
    throw new BackupRefused(
      'TARGET_NOT_EMPTY',
      `${folder} is there and not empty: name a folder that is new or empty.`,
    );
}

/**
 * Fills a folder beside its place and puts it there when it is whole and durable: nobody ever sees half of it.
 * @throws BackupRefused TARGET_NOT_EMPTY, DISK_FULL, NOT_WRITABLE, PLACE_NOT_REPLACEABLE; the place is as it was then
 */
export async function wholly<T>(place: string, fill: (folder: string) => Promise<T>): Promise<T> {
  refuseFilled(place);
  const staged = join(dirname(place), `.${basename(place)}.${newId()}.part`);
  try {
    await mkdir(staged, { recursive: true, mode: 0o700 });
    const result = await fill(staged);
    await syncTree(staged);
    refuseFilled(place);
    await rename(staged, place);
    await syncOne(dirname(place));
    return result;
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    if (['EBUSY', 'EXDEV'].includes((error as { code?: string }).code ?? ''))
      throw new BackupRefused('PLACE_NOT_REPLACEABLE', `${place} is a mounted folder: name a folder within it.`);
    throw ofTheDisk(error, place);
  }
}

/** Copies a file and says what was copied. */
export async function copyFile(from: string, folder: string, path: string): Promise<BackedUpFile> {
  const to = join(folder, path);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const sum = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from), measure, createWriteStream(to, { mode: 0o600 }));
  return { path, bytes, sha256: sum.digest('hex') };
}

/** What lies at a path of a folder. */
export async function measured(folder: string, path: string): Promise<BackedUpFile> {
  const sum = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(join(folder, path))) {
    sum.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { path, bytes, sha256: sum.digest('hex') };
}

/**
 * Copies a file of a backup out of it.
 * @throws BackupRefused FILE_MISSING, FILE_TRUNCATED, CHECKSUM_WRONG
 */
export async function copyChecked(backup: string, listed: BackedUpFile, into: string): Promise<void> {
  const from = join(backup, listed.path);
  if (!existsSync(from)) throw new BackupRefused('FILE_MISSING', `${from} is gone: restore from another backup.`);
  const found = await copyFile(from, into, listed.path);
  if (found.bytes < listed.bytes)
    throw new BackupRefused('FILE_TRUNCATED', `${from} has ${found.bytes} of ${listed.bytes} bytes: it was cut off.`);
  if (found.sha256 !== listed.sha256 || found.bytes !== listed.bytes)
    throw new BackupRefused('CHECKSUM_WRONG', `${from} is not what was backed up: its checksum differs.`);
}

/** Every file below a folder by its path in it; none where the folder is not there. */
export const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : [];

async function syncTree(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    await syncOne(join(entry.parentPath, entry.name));
  await syncOne(folder);
}

async function syncOne(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
