import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClock } from '#kernel';
import type { StreamVault, Vault } from '#privacy';
import { migrateToLatest, openPostgres } from '#sql';
import { freshSchema } from '#sql/testing';
import { serviceUrl } from '#testing';
import { open, seal, vaultContract, type VaultOpening } from '../contract/index.js';
import { openPostgresVault, VAULT_MIGRATED, VAULT_MIGRATIONS, type VaultTables } from './index.js';

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;
const masterKey = Buffer.alloc(32, 9);

async function openOn(url: string, ledgerFile: string, options: VaultOpening): Promise<Vault & StreamVault> {
  const database = openPostgres<VaultTables>({ url, connections: 4 });
  await migrateToLatest(database, VAULT_MIGRATIONS, VAULT_MIGRATED);
  return openPostgresVault({ database, masterKey, ledgerFile, clock: new TestClock(), ...options });
}

described('on PostgreSQL', () => {
  vaultContract('the vault that several processes share', async () => {
    const url = await freshSchema();
    const folder = mkdtempSync(join(tmpdir(), 'vault-'));
    const ledgerFile = join(folder, 'erasures.jsonl');
    const db = openPostgres<VaultTables>({ url, connections: 1 });
    return {
      open: (options) => openOn(url, ledgerFile, options),
      async flip(keyId) {
        const { wrapped } = await db
          .selectFrom('vault_key')
          .select('wrapped')
          .where('id', '=', keyId)
          .executeTakeFirstOrThrow();
        wrapped[20]! ^= 1;
        await db.updateTable('vault_key').set({ wrapped }).where('id', '=', keyId).execute();
      },
      async atRest() {
        const keys = await db.selectFrom('vault_key').selectAll().execute();
        return Buffer.concat(keys.flatMap(({ id, wrapped }) => [Buffer.from(id), wrapped]));
      },
      async backup() {
        const keys = await db.selectFrom('vault_key').selectAll().execute();
        return async () => {
          await db.deleteFrom('vault_key').execute();
          // The database's own ledger is as old as the backup.
          await db.deleteFrom('vault_erasure').execute();
          for (const key of keys) await db.insertInto('vault_key').values(key).execute();
        };
      },
      ledgerFile,
      async close() {
        await db.destroy();
        rmSync(folder, { recursive: true });
      },
    };
  });

  describe('shared', () => {
    let url: string;
    let folder: string;
    const opened: (Vault & StreamVault)[] = [];
    beforeEach(async () => {
      url = await freshSchema();
      folder = mkdtempSync(join(tmpdir(), 'vault-'));
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((vault) => vault.close()));
      rmSync(folder, { recursive: true });
    });
    /** Each process has a folder, and so a ledger file, of its own. */
    const process = async (name: string, options: VaultOpening = { pool: true }): Promise<Vault & StreamVault> => {
      const vault = await openOn(url, ledgerOf(name), options);
      opened.push(vault);
      return vault;
    };
    const ledgerOf = (name: string): string => join(folder, `${name}.jsonl`);

    test('several first starts at once make one vault', async () => {
      const vaults = await Promise.all(['a', 'b', 'c', 'd'].map((name) => process(name)));
      const sealed = await seal(vaults[0]!, vaults[0]!.newKey(), 'said');
      for (const vault of vaults) expect(await open(vault, sealed)).toEqual({ value: 'said' });
    });

    test('EVENTS.md 8: no read that begins after an erasure was acknowledged is served from memory, wherever', async () => {
      const [ours, theirs] = [await process('a'), await process('b', {})];
      const sealed = await Promise.all(Array.from({ length: 40 }, (_, n) => seal(ours, ours.newKey(), n)));
      for (const part of sealed) await open(theirs, part);
      let isOver = false;
      // Somebody reads all the time, so that questions and answers overlap.
      const noise = (async () => {
        while (!isOver) await Promise.all(sealed.map((part) => open(theirs, part)));
      })();
      for (const part of sealed) {
        await ours.destroy([part.keyId]);
        expect(await open(theirs, part)).toEqual({ missing: true });
      }
      isOver = true;
      await noise;
      for (const part of sealed) expect(await open(theirs, part)).toEqual({ missing: true });
    });

    test('EVENTS.md 8: a key that waits in one pool and is erased elsewhere seals nothing any more', async () => {
      const [ours, theirs] = [await process('a'), await process('b')];
      const keyId = ours.newKey();
      await theirs.destroy([keyId]);
      await expect(seal(ours, keyId, 'said')).rejects.toMatchObject({ code: 'KEY_MISSING' });
    });

    test('EVENTS.md 8: a database restored under a running process gives back nothing that its ledger knows', async () => {
      const ours = await process('a');
      const [first, second, kept] = await Promise.all(['1', '2', '3'].map((it) => seal(ours, ours.newKey(), it)));
      const db = openPostgres<VaultTables>({ url, connections: 1 });
      const backup = await db.selectFrom('vault_key').selectAll().execute();
      await ours.destroy([first!.keyId]);
      await ours.destroy([second!.keyId]);
      await open(ours, kept!);
      await db.deleteFrom('vault_erasure').execute();
      for (const key of backup) {
        await db
          .insertInto('vault_key')
          .values(key)
          .onConflict((it) => it.doNothing())
          .execute();
      }
      await db.destroy();
      for (const part of [first!, second!]) expect(await open(ours, part)).toEqual({ missing: true });
      expect(await open(ours, kept!)).toEqual({ value: '3' });
    });

    test('EVENTS.md 8: what others erased stands in the ledger file of a process that begins later', async () => {
      const ours = await process('a');
      const keyId = ours.newKey();
      await ours.destroy([keyId]);
      await process('b');
      expect(readFileSync(ledgerOf('b'), 'utf8')).toContain(keyId);
    });

    test('keys that nobody was given go when their process ends', async () => {
      const vault = await openOn(url, ledgerOf('a'), { pool: true });
      const keyId = vault.newKey();
      await vault.close();
      const db = openPostgres<VaultTables>({ url, connections: 1 });
      expect(await db.selectFrom('vault_key').select('id').execute()).toEqual([{ id: keyId }]);
      await db.destroy();
    });
  });
});
