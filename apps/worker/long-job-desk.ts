import { INPUT, type LongJob } from '#jobs';
import { newId, plusMs, type Clock, type Instant, type JsonObject, type Json } from '#kernel';
import { AttachmentTooLarge, type StreamVault, type Vault } from '#privacy';
import type { JobLedger } from './job-ledger.js';
import { SealedPieces } from './sealed-pieces.js';

const DAY_MS = 24 * 3_600_000;
/** Results, and what was given up, are kept for a week after the end. */
export const KEPT_MS = 7 * DAY_MS;
/** Of the plaintext; a piece is a row. */
const PIECE_BYTES = 256 * 1024;
/** What was given with the order and may be personal, e.g. a file's name. */
const GIVEN = 'given';
/** What a person needs to know of why it was given up. */
export const FAILURE = 'failure';

export interface DeskParts {
  readonly ledger: JobLedger;
  readonly vault: Vault & StreamVault;
  readonly clock: Clock;
}

/** What somebody wants done: plain ids, codes and counts, and what is sealed. */
export interface LongJobOrder {
  readonly kind: string;
  readonly order: JsonObject;
  readonly given: Json;
}

/** Takes in long jobs and answers for them, in whatever process: all there is to know is in the ledger. */
export class LongJobDesk {
  readonly pieces: SealedPieces;

  constructor(readonly parts: DeskParts) {
    this.pieces = new SealedPieces(parts.vault);
  }

  /** It waits for its input. @returns its id */
  async take({ kind, order, given }: LongJobOrder): Promise<string> {
    const { ledger, vault, clock } = this.parts;
    await vault.ready();
    const [id, inputKey, resultKey] = [newId(), vault.newKey(), vault.newKey()];
    const createdAt = clock.now();
    await ledger.longJobs.create({
      ...{ id, kind, order, inputKey, resultKey, createdAt },
      expiresAt: plusMs(createdAt, KEPT_MS),
    });
    const bytes = await this.pieces.sealJson(resultKey, { jobId: id, name: GIVEN, n: 0 }, given);
    await ledger.longJobs.put(id, { name: GIVEN, n: 0, bytes });
    // Whoever removes what expired learns when the next one does.
    await ledger.changed();
    return id;
  }

  /**
   * Takes its input in: durable, and its job added, when this resolves. One that broke off is sent anew.
   * @returns false where it did not wait for any @throws AttachmentTooLarge
   */
  async fill(job: LongJob, content: AsyncIterable<Uint8Array>, limitBytes: number): Promise<boolean> {
    const { longJobs } = this.parts.ledger;
    // Of two who send at the same time neither writes into what the other sent.
    const name = `${INPUT} ${newId()}`;
    let [n, sizeBytes] = [0, 0];
    for await (const bytes of inPieces(content)) {
      sizeBytes += bytes.length;
      if (sizeBytes > limitBytes) throw new AttachmentTooLarge(limitBytes);
      await longJobs.put(job.id, {
        ...{ name, n },
        bytes: await this.pieces.seal(job.inputKey, { jobId: job.id, name, n }, bytes),
      });
      n++;
    }
    return this.release(job, { input: name, pieces: n, sizeBytes });
  }

  /** Nothing more is needed to begin. @returns false where it was begun already */
  async release(job: LongJob, more: JsonObject = {}): Promise<boolean> {
    const { ledger, clock } = this.parts;
    const released = await ledger.longJobs.release(job.id, { ...job.order, ...more }, clock.now());
    if (released) await ledger.changed();
    return released;
  }

  /** The one of this kind, unless its time is over. */
  async find(kind: string, id: string): Promise<LongJob | undefined> {
    const found = await this.parts.ledger.longJobs.get(id);
    return found?.kind === kind && !this.isExpired(found) ? found : undefined;
  }

  /** The latest first. */
  async list(kind: string, limit: number): Promise<LongJob[]> {
    return (await this.parts.ledger.longJobs.list(kind, limit)).filter((it) => !this.isExpired(it));
  }

  /** Its keys may be gone a moment before it. */
  private isExpired({ state, expiresAt }: LongJob): boolean {
    return state !== 'waiting' && state !== 'running' && expiresAt <= this.parts.clock.now();
  }

  async given<T extends Json>(job: LongJob): Promise<T> {
    for await (const given of this.results<T>(job, GIVEN)) return given;
    throw new Error(`the long job ${job.id} has nothing that was given with it`);
  }

  /** What came of it under a name, piece by piece. */
  async *results<T extends Json>(job: LongJob, name: string): AsyncGenerator<T> {
    let n = 0;
    for await (const bytes of this.parts.ledger.longJobs.pieces(job.id, name)) {
      yield (await this.pieces.openJson(job.resultKey, { jobId: job.id, name, n: n++ }, bytes)) as T;
    }
  }

  /** Why it was given up, in words. */
  async failure(job: LongJob): Promise<string | undefined> {
    if (job.state === 'failed') for await (const detail of this.results<string>(job, FAILURE)) return detail;
    return undefined;
  }

  /** Its input, each time from its beginning. @throws Error where a piece is missing */
  async *input({ id, inputKey, order }: LongJob): AsyncGenerator<Buffer> {
    const { input: name, pieces } = order as { input: string; pieces: number };
    let n = 0;
    for await (const bytes of this.parts.ledger.longJobs.pieces(id, name)) {
      yield await this.pieces.open(inputKey, { jobId: id, name, n: n++ }, bytes);
    }
    if (n !== pieces) throw new Error(`the input of the long job ${id} has ${n} pieces instead of ${pieces}`);
  }

  /** Nobody goes on with it, and its input goes. @returns false where it was over already */
  async cancel(job: LongJob): Promise<boolean> {
    const { ledger, vault } = this.parts;
    if (!(await ledger.longJobs.cancel(job.id, this.over()))) return false;
    await vault.destroy([job.inputKey]);
    await ledger.changed();
    return true;
  }

  /** What ends now. */
  over(): { readonly finishedAt: Instant; readonly expiresAt: Instant } {
    const finishedAt = this.parts.clock.now();
    return { finishedAt, expiresAt: plusMs(finishedAt, KEPT_MS) };
  }
}

async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of content) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < PIECE_BYTES) continue;
    const all = Buffer.concat(held);
    let at = 0;
    for (; at + PIECE_BYTES <= all.length; at += PIECE_BYTES) yield all.subarray(at, at + PIECE_BYTES);
    [held, heldBytes] = [[all.subarray(at)], all.length - at];
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
