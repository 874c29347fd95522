import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
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
    const lines = bytes.subarray(0, end).toString().split('\n').slice(0, -1);
    return lines.flatMap((line, at) => this.keyIdsOf(line, at + 1));
  }

  private keyIdsOf(line: string, number: number): string[] {
    try {
      const { keyIds } = JSON.parse(line) as { keyIds?: unknown };
      if (Array.isArray(keyIds) && keyIds.every((id) => typeof id === 'string')) return keyIds;
    } catch {
      // Falls through to the error that names the line.
    }
    throw new LedgerUnreadable(`Line ${number} of ${this.file} is no erasure: restore the ledger before you go on.`);
  }
}
