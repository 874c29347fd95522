import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '#kernel';
import { checkOf } from '../crypto/secrets.js';
import { ErasureLedger } from '../embedded/erasure-ledger.js';
import { KeyDatabase, KEYS_FILE, type WrappedKey } from '../embedded/key-database.js';
import { PrivacyError } from '../errors.js';
import { erasedThere, pagesOf } from './copy-keys.js';
import { Erasures } from './erasures.js';
import { insertWrapped, KeyTable } from './key-table.js';
import type { VaultDatabase } from './schema.js';

const BATCH = 2_000;

export interface KeyMove {
  readonly database: VaultDatabase;
  /** The data folder. */
  readonly folder: string;
  readonly masterKey: Buffer;
  readonly ledgerFile: string;
}

/**
 * Takes the keys of a data folder into the database that several processes share, compares them, and deletes the file: a
 * copy that is left over would open what is erased from now on. Called again it goes on. @returns how many keys
 * @throws WrongMasterKey; KeysDiffer
 */
export async function moveKeysIn({ database, folder, masterKey }: KeyMove): Promise<number> {
  if (!existsSync(join(folder, KEYS_FILE))) return 0;
  const file = new KeyDatabase(folder, masterKey, checkOf(masterKey));
  let count = 0;
  try {
    await new KeyTable(database, masterKey).bind(checkOf(masterKey));
    const erased = new Set((await erasedThere(database)).flatMap(({ keyIds }) => keyIds));
    for (const there of file.wrapped(BATCH)) {
      // A file from before an erasure brings nobody back.
      const keys = there.filter(({ id }) => !erased.has(id));
      if (keys.length === 0) continue;
      const ids = keys.map(({ id }) => id);
      await insertWrapped(
        database,
        ids,
        keys.map(({ wrapped }) => wrapped),
      );
      compare(keys, await database.selectFrom('vault_key').selectAll().where('id', 'in', ids).execute());
      count += keys.length;
    }
  } finally {
    file.close();
  }
  for (const name of [KEYS_FILE, `${KEYS_FILE}-wal`, `${KEYS_FILE}-shm`]) rmSync(join(folder, name), { force: true });
  return count;
}

/** The way back: into `keys.db` of a data folder, the erasures into its ledger; the rows go. @returns how many keys */
export async function moveKeysOut({ database, folder, masterKey, ledgerFile }: KeyMove): Promise<number> {
  await new KeyTable(database, masterKey).bind(checkOf(masterKey));
  const ledger = new ErasureLedger(ledgerFile);
  const known = new Set(ledger.erased());
  const erased = await new Erasures(database, { erased: () => undefined, replaced: () => undefined }).all();
  const unknown = erased.filter((keyId) => !known.has(keyId));
  if (unknown.length > 0) ledger.enter(new SystemClock().now(), unknown);
  const file = new KeyDatabase(folder, masterKey, checkOf(masterKey));
  let count = 0;
  try {
    for await (const keys of pagesOf(database)) {
      file.keep(keys);
      count += keys.length;
    }
    compareCount(count, file);
  } finally {
    file.close();
  }
  await database.deleteFrom('vault_key').execute();
  return count;
}

/** The place where the keys went says otherwise than the one where they came from. Nothing was deleted. */
export class KeysDiffer extends PrivacyError {
  readonly code = 'KEYS_DIFFER';

  constructor() {
    super('The place that the keys are to go to holds others under their ids: name one that belongs to this log.');
  }
}

function compare(keys: readonly WrappedKey[], kept: readonly WrappedKey[]): void {
  const there = new Map(kept.map(({ id, wrapped }) => [id, wrapped]));
  for (const { id, wrapped } of keys) if (there.get(id)?.equals(wrapped) !== true) throw new KeysDiffer();
}

function compareCount(count: number, file: KeyDatabase): void {
  let kept = 0;
  for (const keys of file.wrapped(BATCH)) kept += keys.length;
  if (kept < count) throw new KeysDiffer();
}
