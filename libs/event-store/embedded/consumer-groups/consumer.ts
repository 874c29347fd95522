import type { EventStoreError } from '../../errors.js';
import { messageId, type Message } from './message.js';
import { Throughput, Timings } from './throughput.js';

/** Who reads a group. */
export interface ConsumerConnection {
  readonly user: string;
  readonly from: string;
  readonly connectionName: string;
  /** So many events may be with it unacknowledged. */
  readonly bufferSize: number;
  /** Whether it can take more at once: what it cannot take would lie in memory. */
  isReady(): boolean;
  deliver(message: Message): void;
  drop(reason: EventStoreError): void;
}

/** A consumer and what is with it. */
export class Consumer {
  readonly inFlight = new Map<string, Message>();
  readonly throughput: Throughput;
  /** Where the group keeps extra statistics. */
  readonly timings: Timings | undefined;

  constructor(
    readonly connection: ConsumerConnection,
    private readonly now: () => number,
    withTimings: boolean,
  ) {
    this.throughput = new Throughput(now());
    this.timings = withTimings ? new Timings() : undefined;
  }

  get freeSlots(): number {
    return this.connection.bufferSize - this.inFlight.size;
  }

  get hasRoom(): boolean {
    return this.freeSlots > 0 && this.connection.isReady();
  }

  /** @returns whether it had room */
  push(message: Message): boolean {
    if (!this.hasRoom) return false;
    const id = messageId(message);
    this.inFlight.set(id, message);
    this.throughput.total++;
    this.timings?.start(id, this.now());
    this.connection.deliver(message);
    return true;
  }

  /** It is with it no more. */
  release(id: string): void {
    this.inFlight.delete(id);
    this.timings?.end(id, this.now());
  }
}
