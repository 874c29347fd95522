import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '#kernel';
import { LedgerUnreadable } from '../errors.js';
import { syncFolder } from './master-key.js';

/**
 * What was erased and when, one JSON line per erasure, kept outside all backups: it is replayed against a restored key
 * store, so that a backup resurrects nobody (EVENTS.md 8). It holds random ids only.
 */
export class ErasureLedger {
  constructor(private readonly file: string) {}

  /** Durable when it returns. */
  enter(at: Instant, keyIds: readonly string[]): void {
    const isNew = !existsSync(this.file);
    if (isNew) mkdirSync(dirname(this.file), { recursive: true });
    const handle = openSync(this.file, 'a', 0o600);
    try {
      writeSync(handle, `${JSON.stringify({ at, keyIds })}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (isNew) syncFolder(dirname(this.file));
  }

  /** All keys ever erased. Cuts off a last line that a crash left half-written: its erasure was not acknowledged. */
  erased(): string[] {
    if (!existsSync(this.file)) return [];
    const bytes = readFileSync(this.file);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) truncateSync(this.file, end);
    return erasedIn(this.file);
  }
}

/** What was erased at once, and when. */
export interface Erased {
  readonly at: string;
  readonly keyIds: readonly string[];
}

/**
 * Writes all that any of the ledgers holds, and what else is told, into a new one, each erasure once. A last line without its
 * end is left out: it may be half-written, or being written.
 * @throws LedgerUnreadable
 */
export function mergeLedgers(files: readonly string[], into: string, told: readonly Erased[] = []): void {
  const lines = new Set([
    ...files.flatMap((file) => linesOf(file)),
    ...told.map(({ at, keyIds }) => JSON.stringify({ at, keyIds })),
  ]);
  // Checked before it is written: a ledger that cannot be read must not be what the place goes on with.
  for (const [at, line] of [...lines].entries()) keyIdsIn(line, `Line ${at + 1} of ${files.join(' and ')}`);
  writeFileSync(
    into,
    [...lines]
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
    { mode: 0o600 },
  );
}

/** Which keys the ledger says were erased. */
export const erasedIn = (file: string): string[] =>
  linesOf(file).flatMap((line, at) => keyIdsIn(line, `Line ${at + 1} of ${file}`));

function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

function keyIdsIn(line: string, where: string): string[] {
  try {
    const { keyIds } = JSON.parse(line) as { keyIds?: unknown };
    if (Array.isArray(keyIds) && keyIds.every((id) => typeof id === 'string')) return keyIds;
  } catch {
    // Falls through to the error that names the line.
  }
  throw new LedgerUnreadable(`${where} is no erasure: restore the ledger before you go on.`);
}
