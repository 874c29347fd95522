import { GroupDropped, GroupFull, type EventStoreError } from '../../errors.js';
import type { ConsumeOptions, GroupConsumer, GroupEvent, GroupNack, GroupName } from '../../consumer-groups.js';
import { Handover } from '../../handover.js';
import type { LogQueries } from '../log-queries.js';
import { checkedStreamOf } from './source.js';
import type { Consumer } from './consumer.js';
import type { Group } from './group.js';
import type { Groups } from './groups.js';
import { messageId, type Message } from './message.js';

interface Log {
  readonly groups: Groups;
  readonly queries: LogQueries;
}

/** One time that the consumer was with its group. */
interface Visit {
  readonly group: Group;
  readonly consumer: Consumer;
  readonly messages: Handover<Message>;
}

/** A consumer in the process that has the log. */
export class LocalConsumer implements GroupConsumer {
  private visit: Visit | undefined;
  private closed = false;
  /** What was handed out, with the id under which the group knows it and the visit in which it came. */
  private readonly handedOut = new WeakMap<GroupEvent, { readonly id: string; readonly visit: Visit }>();

  constructor(
    private readonly log: Log,
    private readonly name: GroupName,
    private readonly options: Required<ConsumeOptions>,
    private readonly onClose: (consumer: GroupConsumer) => void,
  ) {}

  ack(...events: readonly GroupEvent[]): void {
    this.visit?.group.ack(this.inHand(events));
  }

  nack(action: GroupNack, reason: string, ...events: readonly GroupEvent[]): void {
    this.visit?.group.nack(this.inHand(events), action, reason);
  }

  close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.leave();
      this.onClose(this);
    }
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<GroupEvent> {
    try {
      while (!this.closed) {
        try {
          yield* this.oneVisit();
        } catch (error) {
          if (this.closed) return;
          if (!(error instanceof GroupDropped)) throw error;
          this.leave();
        }
      }
    } finally {
      await this.close();
    }
  }

  private async *oneVisit(): AsyncGenerator<GroupEvent> {
    const visit = this.join();
    for (let message = await visit.messages.take(); message; message = await visit.messages.take()) {
      const { delivery, original, retryCount } = message;
      const event = { event: this.log.queries.rows.event(delivery.event ?? original), retryCount };
      this.handedOut.set(event, { id: messageId(message), visit });
      // Its place in the queue is free again.
      visit.group.pump();
      yield event;
    }
  }

  /** @throws GroupMissing, GroupFull, StreamDeleted */
  private join(): Visit {
    const { stream, group: name } = this.name;
    const group = this.log.groups.get(stream, name);
    if (group.isFull) throw new GroupFull(stream, name);
    checkedStreamOf(stream, this.log.queries);
    const messages = new Handover<Message>();
    const { bufferSize } = this.options;
    const consumer = group.connect({
      user: 'redress',
      from: 'in process',
      connectionName: this.options.name,
      bufferSize,
      // What times out while it lies here is sent again: without this it would pile up.
      isReady: () => messages.length < bufferSize,
      deliver: (message) => messages.give(message),
      drop: (reason: EventStoreError) => messages.end({ reason }),
    });
    return (this.visit = { group, consumer, messages });
  }

  /** What is in hand goes to others. */
  private leave(): void {
    const { visit } = this;
    this.visit = undefined;
    visit?.messages.end();
    visit?.group.disconnect(visit.consumer);
  }

  private inHand(events: readonly GroupEvent[]): string[] {
    return events.flatMap((event) => {
      const known = this.handedOut.get(event);
      return known === undefined || known.visit !== this.visit ? [] : [known.id];
    });
  }
}
