import { isRefusal, newId, plusMs, refuse, type Clock, type Instant, type Refusal, type Role } from '#kernel';
import { newCredential, sameHash, type CredentialHasher } from './credentials.js';
import type { ControlDatabase, SessionRow } from './schema.js';

const SESSION_MS = 12 * 60 * 60_000;
export const SIGN_IN_LINK_MS = 15 * 60_000;

/** Who a session or a link stands for. */
export interface Standing {
  readonly personId: string;
  readonly role: Role;
  /** The key it was begun with; revoking the key ends it. */
  readonly keyId?: string;
}

export interface Session extends Standing {
  readonly id: string;
  readonly expiresAt: Instant;
}

/** A session that was just begun: the cookie is handed out once and stored as a hash. */
export interface BegunSession extends Session {
  readonly cookie: string;
}

export interface SignInLink {
  /** Goes into the link; works once. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** Browser sessions and the links that begin them. Sessions survive a restart; their look-up is in memory. */
export class Sessions {
  private readonly byHash = new Map<string, Session & { readonly hash: string }>();
  private readonly ended = new Set<string>();

  constructor(
    private readonly database: ControlDatabase,
    private readonly hasher: CredentialHasher,
    private readonly clock: Clock,
  ) {}

  async load(): Promise<void> {
    const before = [...this.byHash.keys()];
    const rows = await this.database
      .selectFrom('session')
      .selectAll()
      .where('expires_at', '>', this.clock.now())
      .execute();
    // What was begun while we read is not among the rows, and what was ended meanwhile may be.
    const there = new Set(rows.map(({ hash }) => hash));
    for (const hash of before) if (!there.has(hash)) this.byHash.delete(hash);
    for (const row of rows) {
      if (!this.ended.has(row.hash)) this.byHash.set(row.hash, { ...sessionOf(row), hash: row.hash });
    }
  }

  find(cookie: string): Session | undefined {
    const hash = this.hasher.hash('session', cookie);
    const session = this.byHash.get(hash);
    return session && sameHash(session.hash, hash) && session.expiresAt > this.clock.now() ? session : undefined;
  }

  /** Lasts 12 hours. */
  async begin(standing: Standing): Promise<BegunSession> {
    return this.keep(await this.write(standing, this.database));
  }

  private async write(standing: Standing, database: ControlDatabase): Promise<BegunSession> {
    const cookie = newCredential('session');
    const hash = this.hasher.hash('session', cookie);
    const { personId, role, keyId } = standing;
    const session: Session = {
      id: newId(),
      personId,
      role,
      ...(keyId !== undefined && { keyId }),
      expiresAt: plusMs(this.clock.now(), SESSION_MS),
    };
    const row = {
      id: session.id,
      hash,
      person_id: personId,
      role,
      key_id: keyId ?? null,
      expires_at: session.expiresAt,
    };
    await database.insertInto('session').values(row).execute();
    await database.deleteFrom('session').where('expires_at', '<=', this.clock.now()).execute();
    return { ...session, cookie };
  }

  /** Once it is committed: what is in memory only would be taken for one that was ended elsewhere. */
  private keep({ cookie, ...session }: BegunSession): BegunSession {
    this.forgetExpired();
    const hash = this.hasher.hash('session', cookie);
    this.byHash.set(hash, { ...session, hash });
    return { ...session, cookie };
  }

  async end(cookie: string): Promise<void> {
    const hash = this.hasher.hash('session', cookie);
    this.ended.add(hash);
    this.byHash.delete(hash);
    await this.database.deleteFrom('session').where('hash', '=', hash).execute();
  }

  async createLink({ personId, role }: Standing, lifetimeMs = SIGN_IN_LINK_MS): Promise<SignInLink> {
    const token = newCredential('link');
    const expiresAt = plusMs(this.clock.now(), lifetimeMs);
    await this.database
      .insertInto('sign_in_link')
      .values({
        hash: this.hasher.hash('link', token),
        person_id: personId,
        role,
        expires_at: expiresAt,
        used_at: null,
      })
      .execute();
    return { token, expiresAt };
  }

  /** Of two that redeem one link at once exactly one gets a session. SIGN_IN_LINK_UNKNOWN, _USED, _EXPIRED */
  async redeem(token: string, mayEnter: (personId: string) => boolean): Promise<BegunSession | Refusal> {
    const hash = this.hasher.hash('link', token);
    const now = this.clock.now();
    const begun = await this.database.transaction().execute(async (transaction) => {
      const link = await transaction.selectFrom('sign_in_link').selectAll().where('hash', '=', hash).executeTakeFirst();
      if (!link || !mayEnter(link.person_id)) return refuse('SIGN_IN_LINK_UNKNOWN');
      if (link.used_at !== null) return refuse('SIGN_IN_LINK_USED', { usedAt: link.used_at });
      if (link.expires_at <= now) return refuse('SIGN_IN_LINK_EXPIRED', { expiredAt: link.expires_at });
      // Who came at the same moment has used it by now.
      const { numUpdatedRows } = await transaction
        .updateTable('sign_in_link')
        .set({ used_at: now })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return refuse('SIGN_IN_LINK_USED', { usedAt: now });
      return this.write({ personId: link.person_id, role: link.role }, transaction);
    });
    return isRefusal(begun) ? begun : this.keep(begun);
  }

  private forgetExpired(): void {
    const now = this.clock.now();
    for (const [hash, { expiresAt }] of this.byHash) if (expiresAt <= now) this.byHash.delete(hash);
  }
}

const sessionOf = (row: SessionRow): Session => ({
  id: row.id,
  personId: row.person_id,
  role: row.role,
  ...(row.key_id !== null && { keyId: row.key_id }),
  expiresAt: row.expires_at,
});
