import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { SystemClock, type Clock, type SealedPart } from '#kernel';
import type { StreamVault } from '../attachments.js';
import { openWith, sealWith } from '../crypto/parts.js';
import { checkOf, secretOf } from '../crypto/secrets.js';
import { cipherStream, decipherStream } from '../crypto/streams.js';
import { MissingKey } from '../errors.js';
import type { Opening, PartToOpen, PartToSeal, Vault } from '../vault.js';
import { ErasureLedger } from './erasure-ledger.js';
import { KeyDatabase } from './key-database.js';
import { KeyPool } from './key-pool.js';

export const LEDGER_FILE = 'erasures.jsonl';
const CACHED_KEYS = 10_000;

export interface EmbeddedVaultOptions {
  /** Holds `keys.db`; made where it is missing. */
  readonly folder: string;
  /** 32 bytes, see `loadMasterKey`. */
  readonly masterKey: Buffer;
  /** Whether this opening makes new keys: one per process, in the thread that decides. Readers leave it out. */
  readonly pool?: boolean;
  /** Must not be part of any backup (EVENTS.md 8). Default: `erasures.jsonl` in the folder. */
  readonly ledgerFile?: string;
  /** Dates the entries of the ledger. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** The vault of one machine. Any number of openings of one folder, in any threads and processes. */
export type EmbeddedVault = Vault & StreamVault;

/**
 * Opens the keys of a data folder and replays the erasure ledger against them: a restored backup resurrects nobody.
 * @throws WrongMasterKey, LedgerUnreadable
 */
export async function openEmbeddedVault(options: EmbeddedVaultOptions): Promise<EmbeddedVault> {
  const vault = new SqliteVault(options);
  await vault.ready();
  return vault;
}

class SqliteVault implements EmbeddedVault {
  private readonly cache = new LRUCache<string, Buffer>({ max: CACHED_KEYS });
  private readonly database: KeyDatabase;
  private readonly ledger: ErasureLedger;
  private readonly pool: KeyPool | undefined;
  private readonly clock: Clock;

  constructor(private readonly options: EmbeddedVaultOptions) {
    const { folder, masterKey } = options;
    const check = checkOf(masterKey);
    this.clock = options.clock ?? new SystemClock();
    this.ledger = new ErasureLedger(options.ledgerFile ?? join(folder, LEDGER_FILE));
    this.database = new KeyDatabase(folder, masterKey, check);
    this.replayLedger();
    this.pool = options.pool ? new KeyPool(this.database, { folder, masterKey, check }) : undefined;
  }

  async ready(): Promise<void> {
    await this.pool?.ready();
  }

  newKey(): string {
    if (!this.pool) throw new Error('This opening of the vault only reads: open it with {pool: true} to make keys.');
    const { id, key } = this.pool.take();
    this.cache.set(id, key);
    return id;
  }

  async seal(parts: readonly PartToSeal[]): Promise<SealedPart[]> {
    return sealWith(this.keysOf(parts.map(({ secret }) => secret.keyId)), parts);
  }

  async open(parts: readonly PartToOpen[]): Promise<Opening[]> {
    return openWith(this.keysOf(parts.map(({ sealed }) => sealed.keyId)), parts);
  }

  async destroy(keyIds: readonly string[]): Promise<void> {
    if (keyIds.length === 0) return;
    this.ledger.enter(this.clock.now(), keyIds);
    this.forget(keyIds);
    this.database.destroy(keyIds);
  }

  forget(keyIds: readonly string[]): void {
    for (const keyId of keyIds) this.cache.delete(keyId);
  }

  secret(purpose: string): Buffer {
    return secretOf(this.options.masterKey, purpose);
  }

  async cipher(keyId: string, context: string): Promise<Transform> {
    return cipherStream(this.keyOf(keyId), context);
  }

  async decipher(keyId: string, context: string): Promise<Transform> {
    return decipherStream(this.keyOf(keyId), context);
  }

  async close(): Promise<void> {
    await this.pool?.close();
    this.cache.clear();
    this.database.close();
  }

  private keyOf(keyId: string): Buffer {
    const key = this.keysOf([keyId]).get(keyId);
    if (!key) throw new MissingKey(keyId);
    return key;
  }

  private replayLedger(): void {
    const erased = this.ledger.erased();
    if (this.database.holdsAny(erased)) this.database.destroy(erased);
    // A crash may have come between overwriting a key and emptying the write-ahead log that still holds it.
    else if (erased.length > 0) this.database.emptyLog();
  }

  /** Keys from the cache, the rest with one query. The answer is complete even where the cache is smaller than it. */
  private keysOf(keyIds: readonly string[]): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    const unknown = new Set<string>();
    for (const keyId of keyIds) {
      const key = this.cache.get(keyId);
      if (key) found.set(keyId, key);
      else unknown.add(keyId);
    }
    if (unknown.size === 0) return found;
    for (const [keyId, key] of this.database.find([...unknown])) {
      found.set(keyId, key);
      this.cache.set(keyId, key);
    }
    return found;
  }
}
