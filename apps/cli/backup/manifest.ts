import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseInstant } from '#kernel';
import { BackupRefused } from './refusal.js';

/** Rises when an older program could misread a backup. */
const FORMAT = 1;
export const MANIFEST_FILE = 'manifest.json';

const instant = z.string().refine((text) => parseInstant(text) !== undefined);

/** A file of a backup: where it lies in it, how long it is, and the SHA-256 of its bytes. */
const file = z.object({
  path: z.string().regex(/^(?!.*(^|\/)\.\.?(\/|$))[\w.-]+(\/[\w.-]+)*$/),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackedUpFile = z.output<typeof file>;

const shared = {
  format: z.literal(FORMAT),
  /** The id of the backup; its keys name it too. */
  backup: z.uuid(),
  madeAt: instant,
  release: z.string(),
  files: z.array(file),
};

const data = z.object({
  ...shared,
  log: z.object({
    epoch: z.string(),
    /** Position token of the last event that is in it, `start` where there is none; everything up to there is, nothing behind it. */
    head: z.string(),
    testLog: z.boolean(),
  }),
});
export type Manifest = z.output<typeof data>;

const keys = z.object({ ...shared, epoch: z.string(), expiresAt: instant });
export type KeyManifest = z.output<typeof keys>;

export const emptyManifest = { format: FORMAT } as const;

/** @throws BackupRefused NO_BACKUP, MANIFEST_UNREADABLE */
export const readManifest = (folder: string): Manifest => read(folder, data, 'NO_BACKUP');

/** @throws BackupRefused NO_KEY_BACKUP, MANIFEST_UNREADABLE */
export const readKeyManifest = (folder: string): KeyManifest => read(folder, keys, 'NO_KEY_BACKUP');

function read<T>(folder: string, schema: z.ZodType<T>, missing: string): T {
  const path = join(folder, MANIFEST_FILE);
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new BackupRefused(missing, `${folder} holds no ${MANIFEST_FILE}: name the folder that redress backup made.`);
  }
  const parsed = schema.safeParse(asJson(text));
  if (parsed.success) return parsed.data;
  const { format } = (asJson(text) ?? {}) as { format?: number };
  const isNewer = typeof format === 'number' && format > FORMAT;
  throw new BackupRefused(
    isNewer ? 'BACKUP_NEWER' : 'MANIFEST_UNREADABLE',
    isNewer ? `${path} was made by a newer release: restore with that one.` : `${path} is cut off or was altered.`,
  );
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
/** The release that runs. */
export const release = (): string =>
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
