import { buffer } from 'node:stream/consumers';
import type { Json } from '#kernel';
import type { StreamVault } from '#privacy';

/** A part of a long job, by which it is authenticated: it cannot be taken for another one. */
export interface PieceName {
  readonly jobId: string;
  readonly name: string;
  readonly n: number;
}

/** What long jobs work on and what comes of them may be personal: it is sealed piece by piece (EVENTS.md 6, 9). */
export class SealedPieces {
  constructor(private readonly vault: StreamVault) {}

  /** @throws MissingKey */
  async seal(keyId: string, name: PieceName, bytes: Uint8Array): Promise<Buffer> {
    const cipher = await this.vault.cipher(keyId, contextOf(name));
    cipher.end(bytes);
    return buffer(cipher);
  }

  /** @throws MissingKey; Error where it is not what was sealed under this name */
  async open(keyId: string, name: PieceName, sealed: Uint8Array): Promise<Buffer> {
    const decipher = await this.vault.decipher(keyId, contextOf(name));
    decipher.end(sealed);
    return buffer(decipher);
  }

  sealJson(keyId: string, name: PieceName, value: Json): Promise<Buffer> {
    return this.seal(keyId, name, Buffer.from(JSON.stringify(value)));
  }

  async openJson(keyId: string, name: PieceName, sealed: Uint8Array): Promise<Json> {
    return JSON.parse((await this.open(keyId, name, sealed)).toString()) as Json;
  }
}

const contextOf = ({ jobId, name, n }: PieceName): string => `long-job ${jobId} ${name} ${n}`;
