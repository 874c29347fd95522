import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_FILE } from '#event-store/embedded';

const MARK_FILE = 'log-elsewhere';

/** Folder and settings do not say the same of where the log is: nothing is opened, so that nobody goes on with an empty one. */
export class LogNotThere extends Error {
  constructor(
    readonly code: 'LOG_ELSEWHERE' | 'LOG_HERE' | 'NO_LOG',
    says: string,
  ) {
    super(`${code}: ${says}`);
  }
}

/** Notes in a data folder that its log is kept by an EventStoreDB. What is secret in its address is left out. */
export function markElsewhere(folder: string, eventStoreUrl: string): void {
  const address = eventStoreUrl.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '');
  const file = join(folder, MARK_FILE);
  if (!existsSync(file) || readFileSync(file, 'utf8').trim() !== address) writeFileSync(file, `${address}\n`);
}

/** The log is in the folder again. */
export const unmark = (folder: string): void => rmSync(join(folder, MARK_FILE), { force: true });

/** For those who were not told of an EventStoreDB. @throws LogNotThere LOG_ELSEWHERE */
export function refuseElsewhere(folder: string): void {
  const file = join(folder, MARK_FILE);
  if (!existsSync(file)) return;
  throw new LogNotThere(
    'LOG_ELSEWHERE',
    `The log of ${folder} is kept by ${readFileSync(file, 'utf8').trim()}: set EVENTSTOREDB_URL and REDRESS_DATABASE_URL. ` +
      'If it is to be here again, redress move --from brings it back.',
  );
}

/** For those who were. @throws LogNotThere LOG_HERE */
export function refuseHere(folder: string): void {
  if (!existsSync(join(folder, LOG_FILE))) return;
  throw new LogNotThere(
    'LOG_HERE',
    `${folder} holds a log of its own, and EVENTSTOREDB_URL names another one. Take it there by redress move --to, or name ` +
      `another data folder; if its ${LOG_FILE} came about by mistake, delete it.`,
  );
}
