import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { TestClock, type Json, type SealedPart } from '#kernel';
import type { StreamVault } from '../attachments.js';
import { AlteredPart, LedgerUnreadable, MissingKey, WrongKey, WrongMasterKey } from '../errors.js';
import type { Opening, Vault } from '../vault.js';

export interface VaultOpening {
  readonly pool?: boolean;
  readonly masterKey?: Buffer;
}

/** One place for keys, and what a test does to it behind the vault's back. */
export interface VaultBed {
  open(options: VaultOpening): Promise<Vault & StreamVault>;
  /** Flips a bit of a wrapped key where it lies. */
  flip(keyId: string): Promise<void>;
  /** Everything that is at rest. */
  atRest(): Promise<Buffer>;
  /** Makes a backup of the keys, while nothing is open. @returns what restores it */
  backup(): Promise<() => Promise<void>>;
  readonly ledgerFile: string;
  close(): Promise<void>;
}

type Opened = Vault & StreamVault;

export const seal = async (vault: Vault, keyId: string, value: Json, eventId = 'event-1'): Promise<SealedPart> =>
  (await vault.seal([{ eventId, part: 'content', secret: { keyId, value } }]))[0]!;

export const open = async (vault: Vault, sealed: SealedPart, eventId = 'event-1'): Promise<Opening> =>
  (await vault.open([{ eventId, part: 'content', sealed }]))[0]!;

/** What every adapter of the Vault port must keep. Call it in a test file of the adapter. */
export function vaultContract(name: string, makeBed: () => Promise<VaultBed>): void {
  describe(`${name} keeps the Vault contract`, () => {
    let bed: VaultBed;
    const opened: Opened[] = [];
    beforeEach(async () => {
      bed = await makeBed();
    });
    afterEach(async () => {
      await closeAll();
      await bed.close();
    });

    const closeAll = async (): Promise<void> => {
      await Promise.all(opened.splice(0).map((vault) => vault.close()));
    };

    async function openVault(options: VaultOpening = { pool: true }): Promise<Opened> {
      const vault = await bed.open(options);
      opened.push(vault);
      return vault;
    }

    test('a wrong master key is refused at opening', async () => {
      await openVault();
      await expect(openVault({ masterKey: randomBytes(32) })).rejects.toThrow(WrongMasterKey);
    });

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
      await bed.flip(sealed.keyId);
      await expect(open(await openVault({}), sealed)).rejects.toThrow(WrongKey);
    });

    test('without a key nothing of the plaintext is at rest, and sealing needs a key that is there', async () => {
      const vault = await openVault();
      await seal(vault, vault.newKey(), 'Zaphod Beeblebrox');
      expect((await bed.atRest()).includes('Zaphod')).toBe(false);
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

    test('only an opening with a pool makes keys', async () => {
      const reader = await openVault({});
      expect(() => reader.newKey()).toThrow(/pool/);
    });

    test('another opening sees keys as soon as they are handed out', async () => {
      const reader = await openVault({});
      const writer = await openVault();
      const sealed = await Promise.all(Array.from({ length: 50 }, (_, n) => seal(writer, writer.newKey(), n)));
      for (const [n, part] of sealed.entries()) expect(await open(reader, part)).toEqual({ value: n });
    });

    test('two openings make keys and erase at once: no key twice, none in the way of the other', async () => {
      const vaults = [await openVault(), await openVault()];
      const [keyIds, gone]: [string[], string[]] = [[], []];
      for (let round = 0; round < 5; round++) {
        for (let n = 0; n < 800; n++) keyIds.push(...vaults.map((vault) => vault.newKey()));
        gone.push(keyIds.pop()!);
        await Promise.all([vaults[0]!.destroy([gone.at(-1)!]), ...vaults.map((vault) => vault.ready())]);
      }
      expect(new Set([...keyIds, ...gone]).size).toBe(8_000);
      const parts = keyIds.map((keyId) => ({ eventId: 'event-1', part: 'text', secret: { keyId, value: 'said' } }));
      for (const vault of vaults) expect(await vault.seal(parts)).toHaveLength(7_995);
      for (const keyId of gone) await expect(seal(vaults[0]!, keyId, 'said')).rejects.toThrow(MissingKey);
    });

    test('secrets follow from master key and purpose', async () => {
      const vault = await openVault();
      expect(vault.secret('digests')).toEqual((await openVault({})).secret('digests'));
      expect(vault.secret('digests')).not.toEqual(vault.secret('ids'));
      expect(vault.secret('digests')).toHaveLength(32);
    });

    test('a destroyed key is missing here at once, and elsewhere as soon as it is forgotten', async () => {
      const [vault, reader] = [await openVault(), await openVault({})];
      const sealed = await seal(vault, vault.newKey(), 'said');
      await open(reader, sealed);
      await vault.destroy([sealed.keyId]);
      await vault.destroy([sealed.keyId]);
      expect(await open(vault, sealed)).toEqual({ missing: true });
      reader.forget([sealed.keyId]);
      expect(await open(reader, sealed)).toEqual({ missing: true });
      await expect(seal(vault, sealed.keyId, 'more')).rejects.toThrow(MissingKey);
      await expect(vault.cipher(sealed.keyId, 'attachment')).rejects.toThrow(MissingKey);
    });

    test('EVENTS.md 8: the ledger is replayed: a restored backup resurrects nobody', async () => {
      const vault = await openVault();
      const [erased, kept] = [await seal(vault, vault.newKey(), 'erased'), await seal(vault, vault.newKey(), 'kept')];
      await closeAll();
      const restore = await bed.backup();
      await (await openVault()).destroy([erased.keyId]);
      await closeAll();
      await restore();
      const restored = await openVault();
      expect(await open(restored, erased)).toEqual({ missing: true });
      expect(await open(restored, kept)).toEqual({ value: 'kept' });
    });

    test('the ledger survives a half-written last line, and is not passed over where it cannot be read', async () => {
      const vault = await openVault();
      const keyId = vault.newKey();
      await vault.destroy([keyId]);
      const line = readFileSync(bed.ledgerFile, 'utf8');
      expect(JSON.parse(line)).toEqual({ at: new TestClock().now(), keyIds: [keyId] });
      writeFileSync(bed.ledgerFile, `${line}{"at":"20`);
      await openVault();
      expect(readFileSync(bed.ledgerFile, 'utf8')).toBe(line);
      writeFileSync(bed.ledgerFile, `nonsense\n${line}`);
      await expect(openVault()).rejects.toThrow(LedgerUnreadable);
    });
  });
}
