import type { FreshKey, KeyTable } from './key-table.js';

const BATCH = 1_000;
const LOW_WATER = 3_000;
/** How many keys may be taken between two calls of `ready` (see `Vault.newKey`). */
const PROMISED = 1_000;

/** Keys of this process that are durable but not handed out yet; made in batches, so that the database is rarely waited for. */
export class KeyPool {
  private readonly keys: FreshKey[] = [];
  private filling: Promise<void> | undefined;

  constructor(private readonly table: KeyTable) {}

  /** Resolves when at least 1,000 keys can be taken. */
  async ready(): Promise<void> {
    while (this.keys.length < PROMISED) await this.fill();
  }

  take(): FreshKey {
    const key = this.keys.pop();
    if (!key) throw new Error('More keys were taken than the vault had ready: await ready() first.');
    // A failure is told to the next who waits.
    if (this.keys.length < LOW_WATER) void this.fill().catch(() => undefined);
    return key;
  }

  /** Keys that nobody was given go. */
  async close(): Promise<void> {
    await this.filling?.catch(() => undefined);
    await this.table.discard(this.keys.splice(0));
  }

  private fill(): Promise<void> {
    this.filling ??= this.table
      .make(BATCH)
      .then((fresh) => void this.keys.push(...fresh))
      .finally(() => (this.filling = undefined));
    return this.filling;
  }
}
