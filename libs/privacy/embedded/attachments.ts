import { createHash, randomBytes, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AttachmentStore, StoredAttachment, StreamVault } from '../attachments.js';
import { AttachmentAltered, AttachmentMissing, AttachmentTooLarge } from '../errors.js';
import { syncFolder } from './master-key.js';

const DEFAULT_LIMIT_BYTES = 25 * 1024 * 1024;
const ADDRESS = /^[0-9a-f]{64}$/;

export interface EmbeddedAttachmentOptions {
  /** The data folder; files lie in its folder `attachments`. */
  readonly folder: string;
  readonly vault: StreamVault;
  /** Of the plaintext of one attachment. Default 25 MiB. */
  readonly limitBytes?: number;
}

export const openEmbeddedAttachments = (options: EmbeddedAttachmentOptions): AttachmentStore =>
  new FolderAttachments(options);

/** Attachments as files `attachments/ab/cdef…`, named by the SHA-256 of what is in them (EVENTS.md 11). */
class FolderAttachments implements AttachmentStore {
  private readonly folder: string;
  private readonly vault: StreamVault;
  private readonly limitBytes: number;

  constructor({ folder, vault, limitBytes = DEFAULT_LIMIT_BYTES }: EmbeddedAttachmentOptions) {
    this.folder = join(folder, 'attachments');
    this.vault = vault;
    this.limitBytes = limitBytes;
  }

  async put(content: AsyncIterable<Uint8Array>, { keyId }: { readonly keyId: string }): Promise<StoredAttachment> {
    const cipher = await this.vault.cipher(keyId, contextOf(keyId));
    await mkdir(this.folder, { recursive: true });
    const temporary = join(this.folder, `incoming-${randomBytes(8).toString('hex')}`);
    const plaintext = new Measure(this.limitBytes);
    const ciphertext = new Measure();
    try {
      const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
      await pipeline(Readable.from(content), plaintext, cipher, ciphertext, file);
      const ciphertextSha256 = ciphertext.sha256();
      await this.keep(temporary, ciphertextSha256);
      return { ciphertextSha256, plaintextSha256: plaintext.sha256(), sizeBytes: plaintext.sizeBytes };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async get(ciphertextSha256: string, keyId: string): Promise<Readable> {
    const file = this.pathOf(ciphertextSha256);
    const decipher = await this.vault.decipher(keyId, contextOf(keyId));
    const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new AttachmentMissing(ciphertextSha256) : error;
    });
    try {
      const checksum = createHash('sha256');
      for await (const chunk of handle.createReadStream({ autoClose: false, start: 0 }))
        checksum.update(chunk as Buffer);
      if (checksum.digest('hex') !== ciphertextSha256) throw new AttachmentAltered(ciphertextSha256);
    } catch (error) {
      await handle.close();
      throw error;
    }
    // The same handle is read twice: a file swapped between check and use would not be seen.
    const source = createReadStream('', { fd: handle, start: 0 });
    const failed = (): void => void decipher.destroy(new AttachmentAltered(ciphertextSha256));
    source.on('error', failed);
    decipher.on('close', () => source.destroy());
    return source.pipe(decipher);
  }

  private async keep(temporary: string, ciphertextSha256: string): Promise<void> {
    const file = this.pathOf(ciphertextSha256);
    await mkdir(dirname(file), { recursive: true });
    await rename(temporary, file);
    syncFolder(dirname(file));
    syncFolder(this.folder);
  }

  private pathOf(ciphertextSha256: string): string {
    if (!ADDRESS.test(ciphertextSha256)) throw new AttachmentMissing(ciphertextSha256);
    return join(this.folder, ciphertextSha256.slice(0, 2), ciphertextSha256.slice(2));
  }
}

const contextOf = (keyId: string): string => `attachment\n${keyId}`;

/** Counts and hashes what passes, and stops what grows beyond the limit. */
class Measure extends Transform {
  sizeBytes = 0;
  private readonly hash: Hash = createHash('sha256');

  constructor(private readonly limitBytes = Infinity) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > this.limitBytes) return done(new AttachmentTooLarge(this.limitBytes));
    this.hash.update(chunk);
    done(null, chunk);
  }

  sha256(): string {
    return this.hash.digest('hex');
  }
}
