import { closeSync, openSync, writeSync } from 'node:fs';
import type { RejectedRow } from './historical-case.js';

const HEADER = 'line,code,reason,key\r\n';

/** What was not imported and why, as CSV (RFC 4180) for people and spreadsheets. No file where there is nothing to say. */
export class RejectionReport {
  private handle: number | undefined;

  /** @param file overwritten; none: nothing is written */
  constructor(private readonly file: string | undefined) {}

  write({ line, code, reason, key = '' }: RejectedRow): void {
    if (this.file === undefined) return;
    if (this.handle === undefined) {
      this.handle = openSync(this.file, 'w', 0o600);
      writeSync(this.handle, HEADER);
    }
    writeSync(this.handle, `${line},${cell(code)},${cell(reason)},${cell(key)}\r\n`);
  }

  close(): void {
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
  }
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
