import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a secret is for is part of its hash, so that none passes for another kind. */
export type CredentialKind = 'key' | 'session' | 'link';

const PREFIX: Readonly<Record<CredentialKind, string>> = { key: 'rk_', session: 'rs_', link: 'rl_' };

/** 256 random bits, with a prefix by which scanners and people recognise what leaked. */
export const newCredential = (kind: CredentialKind): string => PREFIX[kind] + randomBytes(32).toString('base64url');

/**
 * Hashes credentials as they are stored: HMAC-SHA256 under a secret that is not in the same file. A plain hash would let
 * whoever reads the file try out short keys.
 */
export class CredentialHasher {
  constructor(private readonly secret: Buffer) {}

  hash(kind: CredentialKind, credential: string): string {
    return createHmac('sha256', this.secret).update(`${kind}:${credential}`).digest('base64');
  }
}

/** Takes the same time wherever the two differ. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
