import { createCipheriv, createDecipheriv, randomBytes, type DecipherGCM } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/** Plaintext in, nonce, ciphertext and tag out. */
export function cipherStream(key: Buffer, context: string): Transform {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
  cipher.setAAD(Buffer.from(context));
  const stream = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, cipher.update(chunk)),
    flush(done) {
      cipher.final();
      done(null, cipher.getAuthTag());
    },
  });
  stream.push(nonce);
  return stream;
}

export const decipherStream = (key: Buffer, context: string): Transform => new Deciphering(key, context);

/** Holds back the last 16 bytes, which are the tag, until the end has come. */
class Deciphering extends Transform {
  private held: Buffer = Buffer.alloc(0);
  private decipher: DecipherGCM | undefined;

  constructor(
    private readonly key: Buffer,
    private readonly context: string,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.held = Buffer.concat([this.held, chunk]);
    this.start();
    const ready = this.held.length - TAG_BYTES;
    if (!this.decipher || ready <= 0) return done();
    const plaintext = this.decipher.update(this.held.subarray(0, ready));
    this.held = this.held.subarray(ready);
    done(null, plaintext);
  }

  override _flush(done: TransformCallback): void {
    try {
      if (!this.decipher) throw new Error('the stream ends before its tag');
      this.decipher.setAuthTag(this.held);
      this.decipher.final();
      done();
    } catch (error) {
      done(new Error('The encrypted stream does not authenticate.', { cause: error }));
    }
  }

  private start(): void {
    if (this.decipher || this.held.length < NONCE_BYTES) return;
    this.decipher = createDecipheriv('aes-256-gcm', this.key, this.held.subarray(0, NONCE_BYTES), OPTIONS);
    this.decipher.setAAD(Buffer.from(this.context));
    this.held = this.held.subarray(NONCE_BYTES);
  }
}
