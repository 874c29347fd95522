import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AttachmentAltered, AttachmentMissing, AttachmentTooLarge, MissingKey } from '#privacy';
import { loadMasterKey, openEmbeddedAttachments, openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';

let folder: string;
let vault: EmbeddedVault;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attachments-'));
  vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }), pool: true });
});

afterEach(async () => {
  await vault.close();
  rmSync(folder, { recursive: true });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const pathOf = (address: string): string => join(folder, 'attachments', address.slice(0, 2), address.slice(2));
const chunks = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size)),
  );

test('EVENTS.md 11: an attachment comes back byte for byte, whatever the sizes of chunks and content', async () => {
  const store = openEmbeddedAttachments({ folder, vault });
  for (const [size, chunk] of [
    [0, 1],
    [1, 1],
    [15, 1],
    [16, 7],
    [17, 16],
    [100_000, 777],
    [300_000, 65_536],
  ] as const) {
    const content = randomBytes(size);
    const keyId = vault.newKey();
    const stored = await store.put(chunks(content, chunk), { keyId });
    const file = readFileSync(pathOf(stored.ciphertextSha256));
    expect(stored).toEqual({ ciphertextSha256: sha256(file), plaintextSha256: sha256(content), sizeBytes: size });
    expect(await buffer(await store.get(stored.ciphertextSha256, keyId))).toEqual(content);
  }
});

test('EVENTS.md 11: nothing of the content is in the file; the same content twice is two attachments', async () => {
  const store = openEmbeddedAttachments({ folder, vault });
  const content = Buffer.from('a photograph of the door');
  const first = await store.put(chunks(content, 99), { keyId: vault.newKey() });
  const second = await store.put(chunks(content, 99), { keyId: vault.newKey() });
  expect(first.ciphertextSha256).not.toBe(second.ciphertextSha256);
  expect(readFileSync(pathOf(first.ciphertextSha256)).includes('photograph')).toBe(false);
});

test('a flipped byte fails before anything is handed out', async () => {
  const store = openEmbeddedAttachments({ folder, vault });
  const keyId = vault.newKey();
  const { ciphertextSha256 } = await store.put(chunks(randomBytes(1_000), 100), { keyId });
  const bytes = readFileSync(pathOf(ciphertextSha256));
  bytes[500]! ^= 1;
  writeFileSync(pathOf(ciphertextSha256), bytes);
  await expect(store.get(ciphertextSha256, keyId)).rejects.toThrow(AttachmentAltered);
});

test('another key does not open it, an erased key is missing', async () => {
  const store = openEmbeddedAttachments({ folder, vault });
  const keyId = vault.newKey();
  const { ciphertextSha256 } = await store.put(chunks(randomBytes(1_000), 100), { keyId });
  await expect(buffer(await store.get(ciphertextSha256, vault.newKey()))).rejects.toThrow(/does not authenticate/);
  await vault.destroy([keyId]);
  await expect(store.get(ciphertextSha256, keyId)).rejects.toThrow(MissingKey);
});

test('what is too large, or breaks off, leaves no file', async () => {
  const store = openEmbeddedAttachments({ folder, vault, limitBytes: 1_000 });
  const keyId = vault.newKey();
  await store.put(chunks(randomBytes(1_000), 100), { keyId });
  await expect(store.put(chunks(randomBytes(1_001), 100), { keyId })).rejects.toThrow(AttachmentTooLarge);
  const breaking = Readable.from(
    (async function* () {
      yield Buffer.from('half');
      throw new Error('connection lost');
    })(),
  );
  await expect(store.put(breaking, { keyId })).rejects.toThrow('connection lost');
  const files = readdirSync(join(folder, 'attachments'), { recursive: true, withFileTypes: true }).filter((f) =>
    f.isFile(),
  );
  expect(files).toHaveLength(1);
});

test('an address that is not there, or is none, is missing', async () => {
  const store = openEmbeddedAttachments({ folder, vault });
  const keyId = vault.newKey();
  await expect(store.get('0'.repeat(64), keyId)).rejects.toThrow(AttachmentMissing);
  await expect(store.get('../../master.key', keyId)).rejects.toThrow(AttachmentMissing);
});
