import type { Readable, Transform } from 'node:stream';

/** What a case keeps of an attachment (EVENTS.md 11); `plaintextSha256` is personal and is sealed as a part. */
export interface StoredAttachment {
  /** Lower-case hex; the address. */
  readonly ciphertextSha256: string;
  /** Lower-case hex. */
  readonly plaintextSha256: string;
  /** Of the plaintext. */
  readonly sizeBytes: number;
}

/** Keeps attachments encrypted, addressed by the hash of what is stored. Durable before `put` answers. */
export interface AttachmentStore {
  /** @throws AttachmentTooLarge beyond the store's limit, MissingKey; nothing is kept then */
  put(content: AsyncIterable<Uint8Array>, key: { readonly keyId: string }): Promise<StoredAttachment>;
  /**
   * The plaintext. The checksum is verified before the first byte is handed out.
   * @throws AttachmentMissing, AttachmentAltered, MissingKey
   */
  get(ciphertextSha256: string, keyId: string): Promise<Readable>;
}

/** The part of a vault that an attachment store needs: it encrypts streams without ever seeing a key. */
export interface StreamVault {
  /**
   * Turns plaintext into nonce (12 bytes), AES-256-GCM ciphertext and tag (16 bytes); `context` is authenticated.
   * @throws MissingKey
   */
  cipher(keyId: string, context: string): Promise<Transform>;
  /** The way back. The stream fails at its end when the tag does not hold. @throws MissingKey */
  decipher(keyId: string, context: string): Promise<Transform>;
}
