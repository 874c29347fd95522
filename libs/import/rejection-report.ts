import { closeSync, openSync, writeSync } from 'node:fs';
import type { RejectedRow } from './historical-case.js';

export const REPORT_HEADER = 'line,code,reason,key\r\n';

/** A row of the report, as CSV (RFC 4180). */
export const reportLine = ({ line, code, reason, key = '' }: RejectedRow): string =>
  `${line},${cell(code)},${cell(reason)},${cell(key)}\r\n`;

/** What was not imported and why, as CSV (RFC 4180) for people and spreadsheets. No file where there is nothing to say. */
export class RejectionReport {
  private handle: number | undefined;

  /** @param file overwritten; none: nothing is written */
  constructor(private readonly file: string | undefined) {}

  write(row: RejectedRow): void {
    if (this.file === undefined) return;
    if (this.handle === undefined) {
      this.handle = openSync(this.file, 'w', 0o600);
      writeSync(this.handle, REPORT_HEADER);
    }
    writeSync(this.handle, reportLine(row));
  }

  close(): void {
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
  }
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
