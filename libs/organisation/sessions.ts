import { newId, plusMs, refuse, type Clock, type Instant, type Refusal, type Role } from '#kernel';
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

  constructor(
    private readonly database: ControlDatabase,
    private readonly hasher: CredentialHasher,
    private readonly clock: Clock,
  ) {}

  async load(): Promise<void> {
    await this.database.deleteFrom('session').where('expires_at', '<=', this.clock.now()).execute();
    for (const row of await this.database.selectFrom('session').selectAll().execute()) {
      this.byHash.set(row.hash, { ...sessionOf(row), hash: row.hash });
    }
  }

  find(cookie: string): Session | undefined {
    const hash = this.hasher.hash('session', cookie);
    const session = this.byHash.get(hash);
    return session && sameHash(session.hash, hash) && session.expiresAt > this.clock.now() ? session : undefined;
  }

  /** Lasts 12 hours. */
  async begin(standing: Standing, database: ControlDatabase = this.database): Promise<BegunSession> {
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
    this.forgetExpired();
    this.byHash.set(hash, { ...session, hash });
    return { ...session, cookie };
  }

  async end(cookie: string): Promise<void> {
    const hash = this.hasher.hash('session', cookie);
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
    return this.database.transaction().execute(async (transaction) => {
      const link = await transaction.selectFrom('sign_in_link').selectAll().where('hash', '=', hash).executeTakeFirst();
      if (!link || !mayEnter(link.person_id)) return refuse('SIGN_IN_LINK_UNKNOWN');
      if (link.used_at !== null) return refuse('SIGN_IN_LINK_USED', { usedAt: link.used_at });
      if (link.expires_at <= now) return refuse('SIGN_IN_LINK_EXPIRED', { expiredAt: link.expires_at });
      await transaction.updateTable('sign_in_link').set({ used_at: now }).where('hash', '=', hash).execute();
      return this.begin({ personId: link.person_id, role: link.role }, transaction);
    });
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
