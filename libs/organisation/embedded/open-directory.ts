import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Clock } from '#kernel';
import { migrateToLatest, openSqlite } from '#sql';
import { Directory } from '../directory.js';
import { CONTROL_MIGRATIONS, type ControlTables } from '../schema.js';

const CONTROL_FILE = 'control.db';
export const controlFile = (folder: string): string => join(folder, CONTROL_FILE);

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
  const database = openSqlite<ControlTables>({ file: controlFile(folder) });
  // A key that was revoked must stay revoked when the power fails a moment later.
  await sql`PRAGMA synchronous = FULL`.execute(database);
  await migrateToLatest(database, CONTROL_MIGRATIONS);
  const directory = new Directory(database, secret, clock);
  await directory.load();
  return directory;
}
