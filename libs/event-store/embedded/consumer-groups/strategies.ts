import type { ConsumerStrategy } from '../../consumer-groups.js';
import type { Consumer } from './consumer.js';
import type { Links } from '../links.js';
import type { EventRow } from '../rows.js';
import type { Message } from './message.js';
import { Pins } from './pins.js';

/** `skipped`: the one it belongs to has no room, others may get what comes behind it. */
export type Pushed = { readonly to: Consumer } | 'skipped' | 'full';

/** Chooses who of a group gets a message. */
export class Consumers {
  private queue: Consumer[] = [];

  private readonly pins = new Pins();

  constructor(
    private readonly strategy: ConsumerStrategy,
    private readonly links: Links,
  ) {}

  get all(): readonly Consumer[] {
    return this.queue;
  }

  add(consumer: Consumer): void {
    this.queue.push(consumer);
    if (this.isPinned) this.pins.add(consumer, ({ inFlight }) => [...inFlight.values()].map(this.keyOf));
  }

  remove(consumer: Consumer): boolean {
    const before = this.queue.length;
    this.queue = this.queue.filter((other) => other !== consumer);
    this.pins.remove(consumer);
    return this.queue.length < before;
  }

  push(message: Message): Pushed {
    switch (this.strategy) {
      case 'RoundRobin':
        return this.inTurns(message, true);
      case 'DispatchToSingle':
        return this.inTurns(message, false);
      case 'Pinned':
      case 'PinnedByCorrelation':
        return this.pinned(message);
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

  /** What has the same key goes to the same consumer. */
  private pinned(message: Message): Pushed {
    if (!this.queue.some(({ hasRoom }) => hasRoom)) return 'full';
    const chosen = this.pins.ownerOf(this.keyOf(message));
    return chosen.push(message) ? { to: chosen } : 'skipped';
  }

  private get isPinned(): boolean {
    return this.strategy === 'Pinned' || this.strategy === 'PinnedByCorrelation';
  }

  /** The stream, that of a link's target where it is known; or what belongs together by its metadata. */
  private readonly keyOf = ({ delivery, original }: Message): string => {
    const row = delivery.event ?? original;
    const correlation = this.strategy === 'PinnedByCorrelation' ? correlationOf(row) : undefined;
    return correlation ?? this.links.streamOf(row);
  };
}

/** `$correlationId` of the metadata. */
function correlationOf(row: EventRow): string | undefined {
  try {
    const metadata: unknown = JSON.parse(row[8].toString('utf8', row[7]));
    const id = (metadata as { $correlationId?: unknown } | null)?.$correlationId;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
