import { comparePositions, START, type Position } from '#kernel';
import type { EventReader, StoredEvent, Subscription } from '#event-store';

/** Beyond this many waiting events the subscription is not pulled: a slow projection costs no memory. */
const LONGEST_QUEUE = 10_000;

/** What comes after a position, as it comes. Nothing runs while nothing happens: the subscription wakes it. */
export class LiveFeed {
  private readonly queue: StoredEvent[] = [];
  private readonly subscription: Subscription;
  private resume: (() => void) | undefined;
  failure: Error | undefined;

  constructor(
    reader: EventReader,
    after: Position,
    private readonly wake: () => void,
  ) {
    this.subscription = reader.subscribeToAll({ after: comparePositions(after, START) === 0 ? 'start' : after });
    void this.pump();
  }

  take(most: number): StoredEvent[] {
    const taken = this.queue.splice(0, most);
    this.resume?.();
    return taken;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** When the oldest event that was not taken yet was written. */
  get oldestMs(): number | undefined {
    return this.queue[0]?.createdMs;
  }

  close(): void {
    this.subscription.close();
    this.resume?.();
  }

  private async pump(): Promise<void> {
    try {
      for await (const message of this.subscription) {
        if (message.kind !== 'event') continue;
        this.queue.push(message.event);
        if (this.queue.length === 1) this.wake();
        if (this.queue.length >= LONGEST_QUEUE) await new Promise<void>((resolve) => (this.resume = resolve));
      }
    } catch (error) {
      this.failure = error as Error;
      this.wake();
    }
  }
}
