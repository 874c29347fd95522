import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { TestClock, type Json, type SealedPart } from '#kernel';
import { AlteredPart, LedgerUnreadable, MasterKeyUnusable, MissingKey, WrongKey, WrongMasterKey } from '#privacy';
import { loadMasterKey, openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';

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

const seal = async (vault: EmbeddedVault, keyId: string, value: Json, eventId = 'event-1'): Promise<SealedPart> =>
  (await vault.seal([{ eventId, part: 'content', secret: { keyId, value } }]))[0]!;

const open = async (vault: EmbeddedVault, sealed: SealedPart, eventId = 'event-1') =>
  (await vault.open([{ eventId, part: 'content', sealed }]))[0]!;

const allFiles = (): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  );

const wrappedKeys = (keyIds: readonly string[]): Buffer[] => {
  const database = new Database(join(folder, 'keys.db'), { readonly: true });
  try {
    return keyIds.map((id) => database.prepare('SELECT wrapped FROM key WHERE id = ?').pluck().get(id) as Buffer);
  } finally {
    database.close();
  }
};

describe('master key', () => {
  test('is made on the first start for its owner only and is the same afterwards', () => {
    expect(masterKey).toHaveLength(32);
    expect(loadMasterKey({ folder })).toEqual(masterKey);
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
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

  test('a wrong one is refused at opening', async () => {
    await openVault();
    await expect(openVault({ masterKey: randomBytes(32) })).rejects.toThrow(WrongMasterKey);
  });
});

describe('sealing and opening', () => {
  test('EVENTS.md 6: any JSON text comes back as it was said', async () => {
    const vault = await openVault();
    const keyId = vault.newKey();
    const check = async (value: Json): Promise<void> => {
      expect(await open(vault, await seal(vault, keyId, value))).toEqual({ value });
    };
    for (const value of ['', 'a\u0000b', '😀👩‍👩‍👧', '客户说：门打不开', null, { 姓名: ['王', { '': 0 }] }])
      await check(value);
    // JSON knows no negative zero.
    const json = fc.jsonValue({ depthSize: 'small' }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
    await fc.assert(fc.asyncProperty(json, check), { numRuns: 200 });
  });

  test('EVENTS.md 6: event id and part name belong to the part: moved elsewhere it does not open', async () => {
    const vault = await openVault();
    const sealed = await seal(vault, vault.newKey(), 'said');
    await expect(open(vault, sealed, 'event-2')).rejects.toThrow(AlteredPart);
    await expect(vault.open([{ eventId: 'event-1', part: 'reason', sealed }])).rejects.toThrow(AlteredPart);
  });

  test('a flipped bit anywhere in nonce or ciphertext fails loudly', async () => {
    const vault = await openVault();
    const sealed = await seal(vault, vault.newKey(), 'a few words');
    for (const member of ['nonce', 'ciphertext'] as const) {
      const bytes = Buffer.from(sealed[member], 'base64');
      for (let bit = 0; bit < bytes.length * 8; bit += 3) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        await expect(open(vault, { ...sealed, [member]: flipped.toString('base64') })).rejects.toThrow(AlteredPart);
      }
    }
  });

  test('a flipped bit in a wrapped key fails loudly and is not taken for an erasure', async () => {
    const vault = await openVault();
    const sealed = await seal(vault, vault.newKey(), 'a few words');
    const database = new Database(join(folder, 'keys.db'));
    const [wrapped] = wrappedKeys([sealed.keyId]);
    wrapped![20]! ^= 1;
    database.prepare('UPDATE key SET wrapped = ? WHERE id = ?').run(wrapped, sealed.keyId);
    database.close();
    await expect(open(await openVault({}), sealed)).rejects.toThrow(WrongKey);
  });

  test('without a key nothing of the plaintext is in any file, and sealing needs a key that is there', async () => {
    const vault = await openVault();
    await seal(vault, vault.newKey(), 'Zaphod Beeblebrox');
    expect(allFiles().includes('Zaphod')).toBe(false);
    expect(allFiles().includes(masterKey)).toBe(false);
    await expect(seal(vault, randomUUID(), 'said')).rejects.toThrow(MissingKey);
  });

  test('mentions travel with the part; many parts under keys not in memory open in one batch, in order', async () => {
    const vault = await openVault();
    const parts = Array.from({ length: 300 }, (_, n) => ({
      eventId: `event-${n}`,
      part: 'text',
      secret: { keyId: vault.newKey(), mentions: ['party'], value: `word ${n}` },
    }));
    const sealed = await vault.seal(parts);
    expect(sealed[7]!.mentions).toEqual(['party']);
    await vault.destroy([sealed[8]!.keyId]);
    const reader = await openVault({});
    const openings = await reader.open(
      sealed.map((part, n) => ({ eventId: `event-${n}`, part: 'text', sealed: part })),
    );
    expect(openings).toEqual(parts.map(({ secret }, n) => (n === 8 ? { missing: true } : { value: secret.value })));
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

  test('only an opening with a pool makes keys', async () => {
    const reader = await openVault({});
    expect(() => reader.newKey()).toThrow(/pool/);
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

  test('two openings make keys and erase at once: no key twice, none in the way of the other', async () => {
    const vaults = [await openVault(), await openVault()];
    const keyIds: string[] = [];
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 800; n++) keyIds.push(...vaults.map((vault) => vault.newKey()));
      await Promise.all([vaults[0]!.destroy([keyIds.at(-1)!]), vaults[1]!.ready()]);
    }
    expect(new Set(keyIds).size).toBe(8_000);
    expect(wrappedKeys(keyIds).filter((wrapped) => wrapped.every((byte) => byte === 0))).toHaveLength(5);
  });

  test('secrets follow from master key and purpose', async () => {
    const vault = await openVault();
    expect(vault.secret('digests')).toEqual((await openVault({})).secret('digests'));
    expect(vault.secret('digests')).not.toEqual(vault.secret('ids'));
    expect(vault.secret('digests')).toHaveLength(32);
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

  test('a destroyed key is missing here at once, and elsewhere as soon as it is forgotten', async () => {
    const [vault, reader] = [await openVault(), await openVault({})];
    const sealed = await seal(vault, vault.newKey(), 'said');
    await open(reader, sealed);
    await vault.destroy([sealed.keyId]);
    expect(await open(vault, sealed)).toEqual({ missing: true });
    reader.forget([sealed.keyId]);
    expect(await open(reader, sealed)).toEqual({ missing: true });
    await expect(seal(vault, sealed.keyId, 'more')).rejects.toThrow(MissingKey);
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

  test('the ledger survives a half-written last line, and is not passed over where it cannot be read', async () => {
    const vault = await openVault();
    const ledger = join(folder, 'erasures.jsonl');
    const keyId = vault.newKey();
    await vault.destroy([keyId]);
    const line = readFileSync(ledger, 'utf8');
    expect(JSON.parse(line)).toEqual({ at: new TestClock().now(), keyIds: [keyId] });
    writeFileSync(ledger, `${line}{"at":"20`);
    await openVault({});
    expect(readFileSync(ledger, 'utf8')).toBe(line);
    writeFileSync(ledger, `nonsense\n${line}`);
    await expect(openVault({})).rejects.toThrow(LedgerUnreadable);
  });
});
