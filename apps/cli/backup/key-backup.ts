import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { Instant } from '#kernel';
import type { BackupSource } from './source.js';
import { filesBelow, measured, wholly } from './files.js';
import { emptyManifest, MANIFEST_FILE, readKeyManifest, type KeyManifest } from './manifest.js';

export const KEYS_FILE = 'keys.db';

export interface KeyBackup extends Omit<KeyManifest, 'format' | 'files'> {
  readonly source: BackupSource;
  readonly into: string;
}

/**
 * The keys apart from what they protect, with the day on which they must be gone: an erased person's key leaves the backups with
 * them (EVENTS.md 8). They are wrapped by the master key, which is in no backup.
 */
export async function backUpKeys({ source, into, ...said }: KeyBackup): Promise<KeyManifest> {
  return wholly(into, async (staged) => {
    await source.keys(staged);
    const manifest: KeyManifest = { ...emptyManifest, ...said, files: [await measured(staged, KEYS_FILE)] };
    await writeFile(join(staged, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    return manifest;
  });
}

export const isExpired = ({ expiresAt }: KeyManifest, now: Instant): boolean => expiresAt <= now;

/** Deletes the key backups of the log that lie beside the folder and whose day has come. @returns their folders */
export function deleteExpired(beside: string, epoch: string, now: Instant): string[] {
  const parent = dirname(beside);
  if (!existsSync(parent)) return [];
  const folders = readdirSync(parent, { withFileTypes: true }).filter((it) => it.isDirectory());
  const expired = folders
    .map(({ name }) => join(parent, name))
    .filter((folder) => {
      const manifest = keyManifestIn(folder);
      return manifest !== undefined && manifest.epoch === epoch && isExpired(manifest, now);
    });
  for (const folder of expired) rmSync(folder, { recursive: true });
  return expired;
}

/** Only what is a key backup and nothing else: a folder with more in it is somebody else's. */
function keyManifestIn(folder: string): KeyManifest | undefined {
  try {
    const isOurs = filesBelow(folder).every((file) => file === KEYS_FILE || file === MANIFEST_FILE);
    return isOurs ? readKeyManifest(folder) : undefined;
  } catch {
    return undefined;
  }
}
