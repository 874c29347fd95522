import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { TestClock, type SealedPart } from '#kernel';
import { MasterKeyUnusable } from '#privacy';
import { loadMasterKey, openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';
import { open, seal, vaultContract } from '../contract/index.js';

let folder: string;
let masterKey: Buffer;
const opened: EmbeddedVault[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vault-'));
  masterKey = loadMasterKey({ folder });
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((vault) => vault.close()));
  rmSync(folder, { recursive: true });
});

async function openVault(options: { pool?: boolean; masterKey?: Buffer } = { pool: true }): Promise<EmbeddedVault> {
  const vault = await openEmbeddedVault({ folder, masterKey, clock: new TestClock(), ...options });
  opened.push(vault);
  return vault;
}

const allFiles = (of = folder): Buffer =>
  Buffer.concat(
    readdirSync(of, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  );

const wrappedKeys = (keyIds: readonly string[], of = folder): Buffer[] => {
  const database = new Database(join(of, 'keys.db'), { readonly: true });
  try {
    return keyIds.map((id) => database.prepare('SELECT wrapped FROM key WHERE id = ?').pluck().get(id) as Buffer);
  } finally {
    database.close();
  }
};

vaultContract('the vault of a data folder', async () => {
  const own = mkdtempSync(join(tmpdir(), 'vault-'));
  const keys = join(own, 'keys.db');
  return {
    open: (options) =>
      openEmbeddedVault({ folder: own, masterKey: loadMasterKey({ folder: own }), clock: new TestClock(), ...options }),
    async flip(keyId) {
      const database = new Database(keys);
      const [wrapped] = wrappedKeys([keyId], own);
      wrapped![20]! ^= 1;
      database.prepare('UPDATE key SET wrapped = ? WHERE id = ?').run(wrapped, keyId);
      database.close();
    },
    atRest: async () => allFiles(own),
    async backup() {
      copyFileSync(keys, join(own, 'backup'));
      return async () => copyFileSync(join(own, 'backup'), keys);
    },
    ledgerFile: join(own, 'erasures.jsonl'),
    close: async () => rmSync(own, { recursive: true }),
  };
});

describe('master key', () => {
  test('is made on the first start for its owner only and is the same afterwards', () => {
    expect(masterKey).toHaveLength(32);
    expect(loadMasterKey({ folder })).toEqual(masterKey);
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
  });

  test('is in no file but its own', async () => {
    await openVault();
    expect(allFiles().includes(masterKey)).toBe(false);
  });

  test('comes from the environment as hex or base64; anything else is an error that says what is allowed', () => {
    const key = randomBytes(32);
    expect(loadMasterKey({ folder, fromEnvironment: key.toString('hex') })).toEqual(key);
    expect(loadMasterKey({ folder, fromEnvironment: ` ${key.toString('base64')}\n` })).toEqual(key);
    expect(loadMasterKey({ folder, fromEnvironment: key.toString('base64url') })).toEqual(key);
    for (const wrong of ['', 'secret', key.toString('hex').slice(1), randomBytes(31).toString('base64')]) {
      expect(() => loadMasterKey({ folder, fromEnvironment: wrong })).toThrow(MasterKeyUnusable);
    }
  });

  test('is not made anew where keys wrapped by the old one are still there', async () => {
    await openVault();
    rmSync(join(folder, 'master.key'));
    expect(() => loadMasterKey({ folder })).toThrow(/put the master key back/);
  });
});

describe('keys', () => {
  test('EVENTS.md 8: a key is durable before it is handed out: the process is killed and the key is there', async () => {
    const program = `import { openEmbeddedVault, loadMasterKey } from '#privacy/embedded';
      const folder = ${JSON.stringify(folder)};
      const vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }), pool: true });
      const keyId = vault.newKey();
      const [sealed] = await vault.seal([{ eventId: 'event-1', part: 'content', secret: { keyId, value: 'said' } }]);
      process.stdout.write(JSON.stringify(sealed), () => process.kill(process.pid, 'SIGKILL'));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGKILL');
    expect(await open(await openVault({}), JSON.parse(Buffer.concat(out).toString()) as SealedPart)).toEqual({
      value: 'said',
    });
  });

  test('newKey never waits and never repeats, beyond what the pool holds too', async () => {
    const vault = await openVault();
    const keyIds = Array.from({ length: 12_000 }, () => vault.newKey());
    expect(new Set(keyIds).size).toBe(12_000);
    await vault.ready();
    expect(wrappedKeys([keyIds.at(-1)!])[0]).toHaveLength(60);
  });

  test('another opening sees keys as soon as they are handed out, from another thread too', async () => {
    const reader = await openVault({});
    const writer = await openVault();
    const sealed = await Promise.all(Array.from({ length: 50 }, (_, n) => seal(writer, writer.newKey(), n)));
    for (const [n, part] of sealed.entries()) expect(await open(reader, part)).toEqual({ value: n });
    const program = `import('#privacy/embedded').then(async ({ openEmbeddedVault, loadMasterKey }) => {
      const { parentPort, workerData: { folder, sealed } } = await import('node:worker_threads');
      const vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }) });
      parentPort.postMessage(await vault.open(sealed.map((sealed) => ({ eventId: 'event-1', part: 'content', sealed }))));
      await vault.close();
    });`;
    const worker = new Worker(program, { eval: true, workerData: { folder, sealed } });
    const openings = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    expect(openings).toEqual(sealed.map((_, n) => ({ value: n })));
    await worker.terminate();
  });
});

describe('erasure', () => {
  test('EVENTS.md 8: of a destroyed key nothing is left in any file, whatever its neighbours', async () => {
    const vault = await openVault();
    const keyIds = Array.from({ length: 3_000 }, () => vault.newKey());
    const erased = keyIds.filter((_, n) => n % 3 === 0);
    const before = wrappedKeys(keyIds);
    expect(allFiles().includes(before[0]!)).toBe(true);
    await vault.destroy(erased);
    await vault.destroy(erased.slice(0, 2));
    const files = allFiles();
    const left = keyIds.filter((_, n) => files.includes(before[n]!));
    expect(left).toEqual(keyIds.filter((_, n) => n % 3 !== 0));
  });

  test('EVENTS.md 8: the ledger is replayed: a restored backup resurrects nobody', async () => {
    const vault = await openVault();
    const [erased, kept] = [await seal(vault, vault.newKey(), 'erased'), await seal(vault, vault.newKey(), 'kept')];
    await vault.close();
    opened.length = 0;
    copyFileSync(join(folder, 'keys.db'), join(folder, 'backup'));
    const again = await openVault();
    const [wrapped] = wrappedKeys([erased.keyId]);
    await again.destroy([erased.keyId]);
    await again.close();
    opened.length = 0;
    copyFileSync(join(folder, 'backup'), join(folder, 'keys.db'));
    rmSync(join(folder, 'backup'));
    const restored = await openVault({});
    expect(await open(restored, erased)).toEqual({ missing: true });
    expect(await open(restored, kept)).toEqual({ value: 'kept' });
    expect(allFiles().includes(wrapped!)).toBe(false);
  });
});
