import type { Transform } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { SystemClock, type Clock, type SealedPart } from '#kernel';
import type { StreamVault } from '../attachments.js';
import { openWith, sealWith } from '../crypto/parts.js';
import { checkOf, secretOf } from '../crypto/secrets.js';
import { cipherStream, decipherStream } from '../crypto/streams.js';
import { ErasureLedger } from '../embedded/erasure-ledger.js';
import { MissingKey } from '../errors.js';
import type { Opening, PartToOpen, PartToSeal, Vault } from '../vault.js';
import { Erasures } from './erasures.js';
import { KeyPool } from './key-pool.js';
import { KeyTable } from './key-table.js';
import type { VaultDatabase } from './schema.js';

const CACHED_KEYS = 10_000;

export interface PostgresVaultOptions {
  /** With the tables of `VAULT_MIGRATIONS`. It is closed with the vault. */
  readonly database: VaultDatabase;
  /** 32 bytes, the same for all who share the vault. */
  readonly masterKey: Buffer;
  /** Whether this opening makes new keys: one per process, in the thread that decides. Readers leave it out. */
  readonly pool?: boolean;
  /**
   * The erasure ledger apart from the keys, outside all backups (EVENTS.md 8): it holds what this process erased, and what
   * others had erased when this one began or erased something. Only an opening with a pool writes it.
   */
  readonly ledgerFile: string;
  /** Dates the entries of the ledger. Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Opens the keys that several processes share, and replays the erasure ledger against them: a restored backup of the
 * database resurrects nobody.
 * @throws WrongMasterKey, LedgerUnreadable, and what the database throws
 */
export async function openPostgresVault(options: PostgresVaultOptions): Promise<Vault & StreamVault> {
  const vault = new PostgresVault(options);
  try {
    await vault.begin();
    return vault;
  } catch (error) {
    await options.database.destroy();
    throw error;
  }
}

/**
 * Keys are kept in memory, and yet none is used after its erasure was acknowledged anywhere: each batch of parts asks for the
 * erasures it has not heard of first (see `Erasures`), which is one short question, shared by all who wait at the moment.
 */
class PostgresVault implements Vault, StreamVault {
  private readonly cache = new LRUCache<string, Buffer>({ max: CACHED_KEYS });
  private readonly table: KeyTable;
  private readonly erasures: Erasures;
  private readonly ledger: ErasureLedger;
  private readonly pool: KeyPool | undefined;
  private readonly clock: Clock;
  private isReplaced = false;

  constructor(private readonly options: PostgresVaultOptions) {
    const { database, masterKey, clock = new SystemClock() } = options;
    this.clock = clock;
    this.table = new KeyTable(database, masterKey);
    this.ledger = new ErasureLedger(options.ledgerFile);
    this.pool = options.pool ? new KeyPool(this.table) : undefined;
    this.erasures = new Erasures(database, {
      erased: (keyIds) => this.forget(keyIds),
      replaced: () => {
        this.cache.clear();
        this.isReplaced = true;
      },
    });
  }

  async begin(): Promise<void> {
    await this.table.bind(checkOf(this.options.masterKey));
    await this.reconcile();
    await this.erasures.catchUp();
    await this.ready();
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
    return sealWith(await this.keysOf(parts.map(({ secret }) => secret.keyId)), parts);
  }

  async open(parts: readonly PartToOpen[]): Promise<Opening[]> {
    return openWith(await this.keysOf(parts.map(({ sealed }) => sealed.keyId)), parts);
  }

  async destroy(keyIds: readonly string[]): Promise<void> {
    if (keyIds.length === 0) return;
    const at = this.clock.now();
    await this.erasures.enter(at, keyIds, () => this.ledger.enter(at, keyIds));
  }

  forget(keyIds: readonly string[]): void {
    for (const keyId of keyIds) this.cache.delete(keyId);
  }

  secret(purpose: string): Buffer {
    return secretOf(this.options.masterKey, purpose);
  }

  async cipher(keyId: string, context: string): Promise<Transform> {
    return cipherStream(await this.keyOf(keyId), context);
  }

  async decipher(keyId: string, context: string): Promise<Transform> {
    return decipherStream(await this.keyOf(keyId), context);
  }

  async close(): Promise<void> {
    this.cache.clear();
    try {
      await this.pool?.close();
    } finally {
      await this.options.database.destroy();
    }
  }

  /** What only the file knows is erased in the database, and the file is told what only the database knows. */
  private async reconcile(): Promise<void> {
    this.isReplaced = false;
    if (!this.pool) return;
    const written = this.ledger.erased();
    const entered = await this.erasures.all();
    const unknown = difference(entered, written);
    if (unknown.length > 0) this.ledger.enter(this.clock.now(), unknown);
    const unerased = difference(written, entered);
    if (unerased.length > 0) await this.erasures.enter(this.clock.now(), unerased);
  }

  /** Until it is done no key is used: one that was erased may be back. */
  private async reconcileAnew(): Promise<void> {
    try {
      await this.reconcile();
    } catch (error) {
      this.isReplaced = true;
      throw error;
    }
  }

  private async keyOf(keyId: string): Promise<Buffer> {
    const key = (await this.keysOf([keyId])).get(keyId);
    if (!key) throw new MissingKey(keyId);
    return key;
  }

  /** Keys from the cache, the rest with one query. The answer is complete even where the cache is smaller than it. */
  private async keysOf(keyIds: readonly string[]): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    if (keyIds.length === 0) return found;
    await this.erasures.catchUp();
    if (this.isReplaced) await this.reconcileAnew();
    const asOf = this.erasures.version;
    const unknown = new Set<string>();
    for (const keyId of keyIds) {
      const key = this.cache.get(keyId);
      if (key) found.set(keyId, key);
      else unknown.add(keyId);
    }
    if (unknown.size === 0) return found;
    for (const [keyId, key] of await this.table.find([...unknown])) {
      found.set(keyId, key);
      // An erasure that became known meanwhile may be this key's: it would not be told of again.
      if (this.erasures.version === asOf) this.cache.set(keyId, key);
    }
    return found;
  }
}

function difference(all: readonly string[], without: readonly string[]): string[] {
  const known = new Set(without);
  return [...new Set(all)].filter((it) => !known.has(it));
}
