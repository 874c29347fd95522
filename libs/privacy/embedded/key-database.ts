import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { keyId } from '../crypto/key-id.js';
import { unwrap, wrap, WRAPPED_BYTES } from '../crypto/wrapping.js';
import { WrongKey, WrongMasterKey } from '../errors.js';

export const KEYS_FILE = 'keys.db';
const KEY_BYTES = 32;
const BUSY_TIMEOUT_MS = 10_000;

/** A key that is durable already and has not been handed out. */
export interface FreshKey {
  readonly id: string;
  readonly key: Buffer;
}

export interface WrappedKey {
  readonly id: string;
  readonly wrapped: Buffer;
}

/** Opens the file, and makes it where it is not there. */
export function openKeyFile(folder: string): Database.Database {
  mkdirSync(folder, { recursive: true });
  const database = new Database(join(folder, KEYS_FILE), { timeout: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  // Rows are only ever appended to `key`: no page with wrapped keys is split, so no stray copy of one arises.
  database.exec(`CREATE TABLE IF NOT EXISTS key (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, wrapped BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS master (one INTEGER PRIMARY KEY CHECK (one = 1), "check" BLOB NOT NULL);`);
  return database;
}

/** Ties the file to the master key whose check it is, where it is tied to none yet. */
export const bindFile = (database: Database.Database, check: Buffer): unknown =>
  database.prepare('INSERT INTO master (one, "check") VALUES (1, ?) ON CONFLICT DO NOTHING').run(check);

/** Takes in keys that are wrapped already; those that are there stay. */
export function keepKeys(database: Database.Database, keys: readonly WrappedKey[]): void {
  const insert = database.prepare('INSERT INTO key (id, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING');
  database.transaction(() => keys.forEach(({ id, wrapped }) => insert.run(id, wrapped))).immediate();
}

/**
 * The file of wrapped keys. A destroyed key keeps its row: its bytes are overwritten with zeros in place, because deleting
 * rows lets SQLite move neighbours about and leave copies of them behind.
 */
export class KeyDatabase {
  private readonly database: Database.Database;
  private readonly insert: Database.Statement<[string, Buffer]>;
  private readonly last: Database.Statement<[]>;
  private readonly select: Database.Statement<[string]>;
  private readonly overwrite: Database.Statement<[string]>;

  /** @throws WrongMasterKey where the keys in the file are wrapped by another one */
  constructor(
    folder: string,
    private readonly masterKey: Buffer,
    check: Buffer,
  ) {
    this.database = openKeyFile(folder);
    this.verify(check);
    this.last = this.database.prepare('SELECT coalesce(max(n), 0) AS last FROM key');
    this.insert = this.database.prepare('INSERT INTO key (id, wrapped) VALUES (?, ?)');
    this.select = this.database.prepare(
      `SELECT id, wrapped FROM key WHERE id IN (SELECT value FROM json_each(?)) AND wrapped <> zeroblob(${WRAPPED_BYTES})`,
    );
    this.overwrite = this.database.prepare(
      `UPDATE key SET wrapped = zeroblob(${WRAPPED_BYTES}) WHERE id IN (SELECT value FROM json_each(?))
         AND wrapped <> zeroblob(${WRAPPED_BYTES})`,
    );
  }

  /** Makes keys in one transaction; they are durable when it returns (EVENTS.md 8). */
  make(count: number): FreshKey[] {
    const bytes = randomBytes(count * KEY_BYTES);
    const make = this.database.transaction(() => {
      const { last } = this.last.get() as { last: number };
      return Array.from({ length: count }, (_, at) => {
        const fresh = { id: keyId(last + at + 1), key: bytes.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES) };
        this.insert.run(fresh.id, wrap(this.masterKey, fresh.id, fresh.key));
        return fresh;
      });
    });
    return make.immediate();
  }

  /** @returns those of the keys that are there @throws WrongKey */
  find(keyIds: readonly string[]): Map<string, Buffer> {
    const rows = this.select.all(JSON.stringify(keyIds)) as { id: string; wrapped: Buffer }[];
    return new Map(
      rows.map(({ id, wrapped }) => {
        const key = unwrap(this.masterKey, id, wrapped);
        if (!key) throw new WrongKey(id);
        return [id, key];
      }),
    );
  }

  /**
   * Overwrites keys and empties the write-ahead log, which still holds them as they were written first.
   * @throws Error where readers keep the log from being emptied; calling again tries again
   */
  destroy(keyIds: readonly string[]): void {
    if (keyIds.length === 0) return;
    this.overwrite.run(JSON.stringify(keyIds));
    if (!this.emptyLog())
      throw new Error(`${KEYS_FILE}-wal could not be emptied: the erased keys are still in it. Erase again.`);
  }

  /** Empties the write-ahead log into the file. @returns false where readers keep it from being emptied */
  emptyLog(): boolean {
    const [{ busy }] = this.database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
    return busy === 0;
  }

  /** Whether any of the keys is still there. */
  holdsAny(keyIds: readonly string[]): boolean {
    return this.select.get(JSON.stringify(keyIds)) !== undefined;
  }

  /** All keys that are there, still wrapped, a batch at a time: for those who take them elsewhere. */
  *wrapped(batch: number): Generator<readonly WrappedKey[]> {
    const page = this.database.prepare<[number, number], WrappedKey & { n: number }>(
      `SELECT n, id, wrapped FROM key WHERE n > ? AND wrapped <> zeroblob(${WRAPPED_BYTES}) ORDER BY n LIMIT ?`,
    );
    for (let after = 0; ;) {
      const rows = page.all(after, batch);
      if (rows.length === 0) return;
      yield rows;
      after = rows.at(-1)!.n;
    }
  }

  /** Takes in keys that were wrapped elsewhere by the same master key; those that are there already stay. */
  keep(keys: readonly WrappedKey[]): void {
    keepKeys(this.database, keys);
  }

  /** Takes back keys that were never handed out. */
  discard(keys: readonly FreshKey[]): void {
    if (keys.length > 0) this.overwrite.run(JSON.stringify(keys.map(({ id }) => id)));
  }

  close(): void {
    this.database.close();
  }

  private verify(check: Buffer): void {
    bindFile(this.database, check);
    const stored = this.database.prepare('SELECT "check" FROM master').pluck().get() as Buffer;
    if (stored.length === check.length && timingSafeEqual(stored, check)) return;
    const file = this.database.name;
    this.database.close();
    throw new WrongMasterKey(
      `${file} was made with another master key: start with the one it was made with (REDRESS_MASTER_KEY or master.key).`,
    );
  }
}
