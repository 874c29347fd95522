import type { Json, SealedPart } from '#kernel';
import { AlteredPart, MissingKey } from '../errors.js';
import type { Opening, PartToOpen, PartToSeal } from '../vault.js';
import { decrypt, encrypt } from './wrapping.js';

/** Keys by their ids, as far as they are there. */
export type Keys = ReadonlyMap<string, Buffer>;

/** @throws MissingKey */
export const sealWith = (keys: Keys, parts: readonly PartToSeal[]): SealedPart[] =>
  parts.map(({ eventId, part, secret: { keyId, mentions, value } }) => {
    const key = keys.get(keyId);
    if (!key) throw new MissingKey(keyId);
    const { nonce, ciphertext } = encrypt(key, Buffer.from(JSON.stringify(value)), `${eventId}\n${part}`);
    return {
      keyId,
      ...(mentions && { mentions }),
      nonce: nonce.toString('base64'),
      ciphertext: ciphertext.toString('base64'),
    };
  });

/** @throws AlteredPart */
export const openWith = (keys: Keys, parts: readonly PartToOpen[]): Opening[] =>
  parts.map(({ eventId, part, sealed: { keyId, nonce, ciphertext } }) => {
    const key = keys.get(keyId);
    if (!key) return { missing: true };
    const additional = `${eventId}\n${part}`;
    const plaintext = decrypt(key, Buffer.from(nonce, 'base64'), Buffer.from(ciphertext, 'base64'), additional);
    if (!plaintext) throw new AlteredPart(eventId, part);
    return { value: JSON.parse(plaintext.toString()) as Json };
  });
