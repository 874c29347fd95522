import type { EventStoreError } from '../../errors.js';
import { messageId, type Message } from './message.js';

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

let consumers = 0;

/** A consumer and what is with it. */
export class Consumer {
  readonly number = ++consumers;
  readonly inFlight = new Map<string, Message>();
  delivered = 0;

  constructor(readonly connection: ConsumerConnection) {}

  get freeSlots(): number {
    return this.connection.bufferSize - this.inFlight.size;
  }

  get hasRoom(): boolean {
    return this.freeSlots > 0 && this.connection.isReady();
  }

  /** @returns whether it had room */
  push(message: Message): boolean {
    if (!this.hasRoom) return false;
    this.inFlight.set(messageId(message), message);
    this.delivered++;
    this.connection.deliver(message);
    return true;
  }
}
