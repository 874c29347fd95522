import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Clock } from '#kernel';
import { Directory } from '../directory.js';
import { createControlTables, type ControlTables } from '../schema.js';

const CONTROL_FILE = 'control.db';

export interface EmbeddedDirectoryOptions {
  /** Holds `control.db`; made where it is missing. */
  readonly folder: string;
  /** 32 bytes, the vault's secret `api-keys`: without it the hashes in the file match nothing. */
  readonly secret: Buffer;
  readonly clock: Clock;
}

/** Opens the directory of one machine and reads it into memory. One opening per data folder. */
export async function openEmbeddedDirectory({ folder, secret, clock }: EmbeddedDirectoryOptions): Promise<Directory> {
  mkdirSync(folder, { recursive: true });
  const sqlite = new Database(join(folder, CONTROL_FILE));
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']) sqlite.pragma(pragma);
  const database = new Kysely<ControlTables>({ dialect: new SqliteDialect({ database: sqlite }) });
  await createControlTables(database);
  const directory = new Directory(database, secret, clock);
  await directory.load();
  return directory;
}
