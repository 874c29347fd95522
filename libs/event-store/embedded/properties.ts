import { existsSync } from 'node:fs';
import { logPath, type EmbeddedReaderOptions } from './reader.js';
import { openForReading, openForWriting, propertiesOf, setEpoch, setTestLog, type LogProperties } from './schema.js';
import { makeFolder } from './store.js';

/** What is known of the log in a folder; undefined where there is none yet. */
export function readLogProperties(options: EmbeddedReaderOptions): LogProperties | undefined {
  if (!existsSync(logPath(options))) return undefined;
  const db = openForReading(logPath(options));
  try {
    return propertiesOf(db);
  } finally {
    db.close();
  }
}

/** Marks the log, which is made where there is none, as written under a test clock: for good (EVENTS.md 20). */
export function markAsTestLog(options: EmbeddedReaderOptions): void {
  makeFolder(options.folder);
  const db = openForWriting(logPath(options));
  try {
    setTestLog(db);
  } finally {
    db.close();
  }
}

/**
 * Gives the log a name of its own: what is written from here on stands at positions that may have meant something else in
 * the log that it was copied from (EVENTS.md 4).
 * @returns the name it had before
 */
export function renameLog(options: EmbeddedReaderOptions): string {
  const db = openForWriting(logPath(options));
  try {
    const { epoch } = propertiesOf(db);
    setEpoch(db);
    return epoch;
  } finally {
    db.close();
  }
}
