import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';

/** Public records beside the checkout; they are no part of the project (see their NOTE). */
const RECORDS = join(import.meta.dirname, '../../../../shared/data');

export const record = (file: string): string => join(RECORDS, file);

/** Registers checks against the records, or one test that says that they were left out. */
export function withRecords(what: string, checks: () => void): void {
  if (existsSync(RECORDS)) return checks();
  const notice = `${what}: records folder absent: not checked`;
  test(notice, () => console.warn(notice));
}
