import { Worker } from 'node:worker_threads';
import type { FreshKey, KeyDatabase } from './key-database.js';
import type { KeyMakerData, KeysMade } from './key-maker.js';

const BATCH = 2_000;
const LOW_WATER = 3_000;
/** How many keys may be taken between two calls of `ready` (see `Vault.newKey`). */
const PROMISED = 1_000;

/**
 * Keys that are durable but not handed out yet. A worker thread makes them in batches, so that neither their
 * encryption nor the disk is ever waited for; where it falls behind, a batch is made on the spot.
 */
export class KeyPool {
  private readonly keys: FreshKey[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly worker: Worker;
  private refilling = false;
  private failure: Error | undefined;

  constructor(
    private readonly database: KeyDatabase,
    data: KeyMakerData,
  ) {
    this.worker = new Worker(new URL('./key-maker.js', import.meta.url), { workerData: data });
    this.worker.unref();
    this.worker.on('message', (made: KeysMade) => this.receive(made));
    this.worker.on('error', (error) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.wake();
    });
    this.refill();
  }

  /** Resolves when at least 1,000 keys can be taken. */
  async ready(): Promise<void> {
    while (this.keys.length < PROMISED) {
      if (this.failure) this.keys.push(...this.database.make(BATCH));
      else {
        this.refill();
        await new Promise<void>((resolve) => this.waiting.push(resolve));
      }
    }
  }

  take(): FreshKey {
    if (this.keys.length === 0) this.keys.push(...this.database.make(BATCH));
    const key = this.keys.pop()!;
    this.refill();
    return key;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
    this.database.discard(this.keys.splice(0));
  }

  private refill(): void {
    if (this.refilling || this.failure || this.keys.length >= LOW_WATER) return;
    this.refilling = true;
    // A process that waits for keys must not end for want of other work.
    this.worker.ref();
    this.worker.postMessage(BATCH);
  }

  private receive({ ids, keys }: KeysMade): void {
    const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength);
    const size = bytes.length / ids.length;
    ids.forEach((id, at) => this.keys.push({ id, key: bytes.subarray(at * size, (at + 1) * size) }));
    this.refilling = false;
    this.worker.unref();
    this.wake();
    this.refill();
  }

  private wake(): void {
    this.waiting.splice(0).forEach((resolve) => resolve());
  }
}
