import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/** A key of 32 bytes, wrapped: nonce, ciphertext, tag. Its id is authenticated, so that rows cannot be swapped. */
export const WRAPPED_BYTES = NONCE_BYTES + 32 + TAG_BYTES;

/** Random bytes are fetched for many nonces at once: asking the system for twelve costs as much as sealing a text. */
const NONCES_AT_ONCE = 512;
let nonces = Buffer.alloc(0);

function freshNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCES_AT_ONCE * NONCE_BYTES);
  const nonce = nonces.subarray(0, NONCE_BYTES);
  nonces = nonces.subarray(NONCE_BYTES);
  return nonce;
}

/** AES-256-GCM; gives nonce and ciphertext followed by the tag. */
export function encrypt(key: Buffer, plaintext: Buffer, additional: string): { nonce: Buffer; ciphertext: Buffer } {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
  cipher.setAAD(Buffer.from(additional));
  const body = cipher.update(plaintext);
  cipher.final();
  return { nonce, ciphertext: Buffer.concat([body, cipher.getAuthTag()]) };
}

/** @returns the plaintext, undefined where it does not authenticate */
export function decrypt(key: Buffer, nonce: Buffer, ciphertext: Buffer, additional: string): Buffer | undefined {
  if (nonce.length !== NONCE_BYTES || ciphertext.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, OPTIONS);
  decipher.setAAD(Buffer.from(additional));
  decipher.setAuthTag(ciphertext.subarray(ciphertext.length - TAG_BYTES));
  const plaintext = decipher.update(ciphertext.subarray(0, ciphertext.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plaintext;
}

export function wrap(masterKey: Buffer, keyId: string, key: Buffer): Buffer {
  const { nonce, ciphertext } = encrypt(masterKey, key, keyId);
  return Buffer.concat([nonce, ciphertext]);
}

/** @returns the key, undefined where the master key or the id is not the one it was wrapped with */
export const unwrap = (masterKey: Buffer, keyId: string, wrapped: Buffer): Buffer | undefined =>
  decrypt(masterKey, wrapped.subarray(0, NONCE_BYTES), wrapped.subarray(NONCE_BYTES), keyId);
