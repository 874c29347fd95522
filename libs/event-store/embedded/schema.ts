import Database from 'better-sqlite3';
import { randomInt } from 'node:crypto';

export const SCHEMA_VERSION = 1;

/**
 * Names are interned: an event row carries three integers instead of texts. Revision 2^63-1 is a tombstone. AUTOINCREMENT
 * keeps positions from ever being given twice (EVENT_STORE.md 9). `json` is 1 where the content type is application/json.
 */
const SCHEMA = `
  CREATE TABLE log (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    type INTEGER NOT NULL,
    json INTEGER NOT NULL,
    created INTEGER NOT NULL,
    id BLOB NOT NULL,
    data BLOB NOT NULL,
    metadata BLOB NOT NULL
  );
  CREATE UNIQUE INDEX events_of_stream ON events (stream, revision);
`;

/** What is known of a log besides its events. */
export interface LogProperties {
  /** Names the log for good: 8 random digits of base 36. */
  readonly epoch: string;
  readonly schemaVersion: number;
  /** Written under a test clock, for good (EVENTS.md 20). */
  readonly testLog: boolean;
}

/**
 * Opens the log for writing, and makes it where it is not there yet. Every commit is on disk before it returns.
 * @throws Error where the log was written by a newer program
 */
export function openForWriting(path: string): Database.Database {
  const db = new Database(path);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.transaction(() => migrate(db)).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function openForReading(path: string): Database.Database {
  return new Database(path, { readonly: true, fileMustExist: true });
}

function migrate(db: Database.Database): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > SCHEMA_VERSION)
    throw new Error(`the log has schema ${version}; this program knows ${SCHEMA_VERSION}: upgrade it`);
  if (version === SCHEMA_VERSION) return;
  db.exec(SCHEMA);
  db.prepare(`INSERT INTO log VALUES ('epoch', ?)`).run(newEpoch());
  db.pragma(`user_version = ${SCHEMA_VERSION}`);
}

const newEpoch = (): string => Array.from({ length: 8 }, () => randomInt(36).toString(36)).join('');

export function propertiesOf(db: Database.Database): LogProperties {
  const value = db.prepare<[string], string>('SELECT value FROM log WHERE name = ?').pluck();
  return {
    epoch: value.get('epoch')!,
    schemaVersion: db.pragma('user_version', { simple: true }) as number,
    testLog: value.get('testLog') !== undefined,
  };
}

export function setEpoch(db: Database.Database): void {
  db.prepare(`UPDATE log SET value = ? WHERE name = 'epoch'`).run(newEpoch());
}

/** There is no way back: what a test clock dated stays dated by it (EVENTS.md 20). */
export function setTestLog(db: Database.Database): void {
  db.prepare(`INSERT INTO log VALUES ('testLog', '1') ON CONFLICT DO NOTHING`).run();
}
