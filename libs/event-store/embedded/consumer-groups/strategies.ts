import { createHash } from 'node:crypto';
import type { ConsumerStrategy } from '../../consumer-groups.js';
import type { Consumer } from './consumer.js';
import type { Message } from './message.js';

/** `skipped`: the one it belongs to has no room, others may get what comes behind it. */
export type Pushed = { readonly to: Consumer } | 'skipped' | 'full';

/** Chooses who of a group gets a message. */
export class Consumers {
  private queue: Consumer[] = [];

  constructor(private readonly strategy: ConsumerStrategy) {}

  get all(): readonly Consumer[] {
    return this.queue;
  }

  add(consumer: Consumer): void {
    this.queue.push(consumer);
  }

  remove(consumer: Consumer): boolean {
    const before = this.queue.length;
    this.queue = this.queue.filter((other) => other !== consumer);
    return this.queue.length < before;
  }

  push(message: Message): Pushed {
    switch (this.strategy) {
      case 'RoundRobin':
        return this.inTurns(message, true);
      case 'DispatchToSingle':
        return this.inTurns(message, false);
      case 'Pinned':
        return this.pinned(message, (message.delivery.event ?? message.original)[1]);
      case 'PinnedByCorrelation':
        return this.pinned(message, correlationOf(message));
      default:
        return this.strategy satisfies never;
    }
  }

  /** Who gets one goes to the end of the queue, or stays first until it has no room. */
  private inTurns(message: Message, rotate: boolean): Pushed {
    for (let turn = this.queue.length; turn > 0; turn--) {
      const first = this.queue[0]!;
      const sent = first.push(message);
      if (!sent || rotate) this.queue.push(this.queue.shift()!);
      if (sent) return { to: first };
    }
    return 'full';
  }

  /** What has the same key goes to the same consumer, as long as the consumers stay the same (rendezvous hashing). */
  private pinned(message: Message, key: string): Pushed {
    if (!this.queue.some(({ hasRoom }) => hasRoom)) return 'full';
    const weight = ({ number }: Consumer): string => createHash('md5').update(`${number}:${key}`).digest('hex');
    const chosen = this.queue.reduce((best, next) => (weight(next) > weight(best) ? next : best));
    return chosen.push(message) ? { to: chosen } : 'skipped';
  }
}

/** `$correlationId` of the metadata; the stream where there is none. */
function correlationOf({ delivery, original }: Message): string {
  const row = delivery.event ?? original;
  try {
    const metadata: unknown = JSON.parse(row[8].toString('utf8', row[7]));
    const id = (metadata as { $correlationId?: unknown } | null)?.$correlationId;
    return typeof id === 'string' ? id : row[1];
  } catch {
    return row[1];
  }
}
