import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

const LOOK_EVERY_MS = 2_000;

/**
 * Notices that Redis was emptied (FLUSHALL, a restart without its file): a mark that stands there is another one, or gone.
 * After a lost connection nobody knows what was lost with it: then it counts as emptied, too. Real time, because it is about a
 * server and no deadline hangs on it.
 */
export class LossWatch {
  readonly listeners = new Set<() => void>();
  private known: string | undefined;
  private looking: Promise<void> = Promise.resolve();
  private readonly timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  private readonly reconnected = (): void => {
    this.known = undefined;
    this.look();
  };

  constructor(
    private readonly redis: Redis,
    private readonly key: string,
  ) {
    redis.on('ready', this.reconnected);
  }

  /** Resolves when it was looked. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookNow()).catch(() => undefined);
    return this.looking;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.redis.off('ready', this.reconnected);
    this.listeners.clear();
    await this.looking;
  }

  private async lookNow(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    await this.redis.set(this.key, randomUUID(), 'NX');
    const mark = (await this.redis.get(this.key)) ?? undefined;
    if (mark === this.known) return;
    this.known = mark;
    for (const listener of [...this.listeners]) listener();
  }
}
