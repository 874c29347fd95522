import { newId, plusMs, refuse, type Clock, type Instant, type Refusal, type Role } from '#kernel';
import { newCredential, sameHash, type CredentialHasher } from './credentials.js';
import type { ApiKeyRow, ControlDatabase } from './schema.js';

const USE_WRITTEN_AFTER_MS = 60_000;

/** A key as it is listed: never the key itself, nor its hash. */
export interface ApiKey {
  readonly id: string;
  readonly personId: string;
  readonly role: Role;
  /** The key's name, unique among keys that are not revoked. */
  readonly label: string;
  readonly createdAt: Instant;
  readonly revokedAt?: Instant;
  /** To the minute. */
  readonly lastUsedAt?: Instant;
}

export interface NewKey {
  readonly personId: string;
  readonly role: Role;
  readonly label: string;
  /** Taken as the key instead of a random one. */
  readonly key?: string;
}

type Entry = { -readonly [P in keyof ApiKey]: ApiKey[P] } & { readonly hash: string };

/** Keys, all of them in memory, so that a request costs one HMAC and one look-up, and a revocation holds at once. */
export class Keys {
  private readonly byId = new Map<string, Entry>();
  private readonly byHash = new Map<string, Entry>();
  private readonly used = new Set<Entry>();
  private callOff: (() => void) | undefined;

  constructor(
    private readonly database: ControlDatabase,
    private readonly hasher: CredentialHasher,
    private readonly clock: Clock,
  ) {}

  async load(): Promise<void> {
    for (const row of await this.database.selectFrom('api_key').selectAll().execute()) {
      const known = this.byId.get(row.id);
      // Keys do not go, and what was revoked stays so.
      if (!known) this.keep(entryOf(row));
      else if (row.revoked_at !== null) known.revokedAt ??= row.revoked_at;
    }
  }

  /** Notes the use. @returns undefined where there is no such key or it was revoked */
  find(key: string): ApiKey | undefined {
    const hash = this.hasher.hash('key', key);
    const entry = this.byHash.get(hash);
    if (!entry || entry.revokedAt !== undefined || !sameHash(entry.hash, hash)) return undefined;
    this.noteUse(entry);
    return entry;
  }

  get(id: string): ApiKey | undefined {
    return this.byId.get(id);
  }

  /** Oldest first, revoked ones included. */
  list(): ApiKey[] {
    return [...this.byId.values()]
      .map(({ hash: _, ...key }) => key)
      .sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.label < b.label ? -1 : 1));
  }

  /** @returns the key itself, which is shown once and never again; KEY_NAME_TAKEN, KEY_TAKEN */
  async issue({
    personId,
    role,
    label,
    key = newCredential('key'),
  }: NewKey): Promise<{ id: string; key: string } | Refusal> {
    const standing = [...this.byId.values()].filter(({ revokedAt }) => revokedAt === undefined);
    if (standing.some((other) => other.label === label)) return refuse('KEY_NAME_TAKEN', { label });
    const hash = this.hasher.hash('key', key);
    if (this.byHash.has(hash)) return refuse('KEY_TAKEN');
    const entry: Entry = { id: newId(), personId, role, label, hash, createdAt: this.clock.now() };
    this.keep(entry);
    await this.database
      .insertInto('api_key')
      .values({
        id: entry.id,
        person_id: personId,
        role,
        label,
        hash,
        created_at: entry.createdAt,
        revoked_at: null,
        last_used_at: null,
      })
      .execute()
      .catch((error: unknown) => {
        this.byId.delete(entry.id);
        this.byHash.delete(hash);
        throw error;
      });
    return { id: entry.id, key };
  }

  /** Holds at once. Revoking again changes nothing. */
  async revoke(id: string): Promise<ApiKey | Refusal> {
    const entry = this.byId.get(id);
    if (!entry) return refuse('KEY_UNKNOWN', { keyId: id });
    if (entry.revokedAt === undefined) {
      entry.revokedAt = this.clock.now();
      await this.database.updateTable('api_key').set({ revoked_at: entry.revokedAt }).where('id', '=', id).execute();
    }
    const { hash: _, ...key } = entry;
    return key;
  }

  /** Writes the uses that were noted since the last time. */
  async flush(): Promise<void> {
    this.callOff?.();
    this.callOff = undefined;
    const entries = [...this.used];
    this.used.clear();
    if (entries.length === 0) return;
    await this.database.transaction().execute(async (transaction) => {
      for (const { id, lastUsedAt = null } of entries) {
        await transaction.updateTable('api_key').set({ last_used_at: lastUsedAt }).where('id', '=', id).execute();
      }
    });
  }

  private keep(entry: Entry): void {
    this.byId.set(entry.id, entry);
    this.byHash.set(entry.hash, entry);
  }

  private noteUse(entry: Entry): void {
    const minute = `${this.clock.now().slice(0, 16)}:00.000Z`;
    if (entry.lastUsedAt === minute) return;
    entry.lastUsedAt = minute;
    this.used.add(entry);
    this.callOff ??= this.clock.wakeAt(plusMs(minute, USE_WRITTEN_AFTER_MS), () => {
      // When a key was last used is a hint for people: failing to write it must not fail anything else.
      this.flush().catch(() => undefined);
    });
  }
}

function entryOf(row: ApiKeyRow): Entry {
  return {
    id: row.id,
    personId: row.person_id,
    role: row.role,
    label: row.label,
    hash: row.hash,
    createdAt: row.created_at,
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
  };
}
