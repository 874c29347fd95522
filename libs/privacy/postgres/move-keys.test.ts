import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Vault } from '#privacy';
import { migrateToLatest, openPostgres } from '#sql';
import { freshSchema } from '#sql/testing';
import { serviceUrl } from '#testing';
import { openEmbeddedVault } from '../embedded/index.js';
import { open, seal } from '../contract/index.js';
import {
  moveKeysIn,
  moveKeysOut,
  openPostgresVault,
  VAULT_MIGRATED,
  VAULT_MIGRATIONS,
  type VaultTables,
} from './index.js';

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;
const masterKey = Buffer.alloc(32, 9);

described('EVENTS 8: keys move between a data folder and the database that several processes share', () => {
  let folder: string;
  let url: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'move-keys-'));
    url = await freshSchema();
    const database = openPostgres<VaultTables>({ url, connections: 1 });
    await migrateToLatest(database, VAULT_MIGRATIONS, VAULT_MIGRATED);
    await database.destroy();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const ledgerFile = (): string => join(folder, 'erasures.jsonl');
  const moving = async (move: typeof moveKeysIn, key = masterKey): Promise<number> => {
    const database = openPostgres<VaultTables>({ url, connections: 1 });
    try {
      return await move({ database, folder, masterKey: key, ledgerFile: ledgerFile() });
    } finally {
      await database.destroy();
    }
  };
  const inFolder = (): Promise<Vault> => openEmbeddedVault({ folder, masterKey, pool: true });
  const shared = (): Promise<Vault> =>
    openPostgresVault({
      database: openPostgres<VaultTables>({ url, connections: 4 }),
      ...{ masterKey, pool: true, ledgerFile: ledgerFile() },
    });

  test('what was sealed opens there and here again; who is erased on the way stays erased; no copy is left behind', async () => {
    let vault = await inFolder();
    const [kept, early, late] = await Promise.all(
      ['kept', 'early', 'late'].map((word) => seal(vault, vault.newKey(), word)),
    );
    await vault.destroy([early!.keyId]);
    await vault.close();
    expect(await moving(moveKeysIn)).toBeGreaterThanOrEqual(2);
    expect(existsSync(join(folder, 'keys.db'))).toBe(false);
    expect(await moving(moveKeysIn)).toBe(0);
    vault = await shared();
    expect(await open(vault, kept!)).toEqual({ value: 'kept' });
    expect(await open(vault, early!)).toEqual({ missing: true });
    await vault.destroy([late!.keyId]);
    await vault.close();
    rmSync(ledgerFile());
    await moving(moveKeysOut);
    expect(await moving(moveKeysOut)).toBe(0);
    vault = await inFolder();
    expect(await open(vault, kept!)).toEqual({ value: 'kept' });
    for (const erased of [early!, late!]) expect(await open(vault, erased)).toEqual({ missing: true });
    await vault.close();
    // The folder's ledger was lost: what the database knew of erasures is in it.
    expect(readFileSync(ledgerFile(), 'utf8')).toContain(late!.keyId);
  });

  test('keys under another master key are refused, and stay where they are', async () => {
    await (await inFolder()).close();
    await expect(moving(moveKeysIn, Buffer.alloc(32, 8))).rejects.toMatchObject({ code: 'WRONG_MASTER_KEY' });
    expect(existsSync(join(folder, 'keys.db'))).toBe(true);
  });
});
