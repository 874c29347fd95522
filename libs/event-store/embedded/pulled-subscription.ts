import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Subscription, SubscriptionMessage } from '../port.js';
import type { CommitSignal } from './commit-signal.js';
import type { Feed } from './feeds.js';

/** A subscription that reads a batch when it was asked for, and nothing while nobody asks. */
export class PulledSubscription implements Subscription {
  private closed = false;

  constructor(
    private readonly feed: Feed,
    private readonly signal: CommitSignal,
    private readonly onClose: (subscription: Subscription) => void,
  ) {}

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose(this);
    this.signal.notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SubscriptionMessage> {
    let caughtUp = false;
    try {
      this.feed.open();
      yield { kind: 'confirmed' };
      while (!this.closed) {
        const version = this.signal.version;
        const { messages, more, ended } = this.feed.next();
        for (const message of messages) {
          if (this.closed) return;
          yield message;
        }
        if (ended) throw ended;
        if (more) {
          // A long history must not keep others of this thread from their turn.
          await nextTurn();
          continue;
        }
        if (!caughtUp) {
          caughtUp = true;
          this.feed.goLive();
          yield { kind: 'caughtUp' };
        }
        if (!this.closed) await this.signal.changed(version);
      }
    } finally {
      this.close();
    }
  }
}
