import { Links } from '../../embedded/links.js';
import type { LogQueries } from '../../embedded/log-queries.js';
import type { EventRow } from '../../embedded/rows.js';
import type { Outgoing } from '../calls.js';
import type { EventEncoder, UuidForm } from '../wire/event-encoder.js';
import { PackedMessages } from '../wire/packed-messages.js';

/** Sends rows as events, many in one write. All methods say whether more can be sent at once. */
export class EventSender {
  private readonly links: Links;
  private readonly messages: PackedMessages;

  constructor(
    private readonly out: Outgoing,
    encoder: EventEncoder,
    queries: LogQueries,
    form: UuidForm,
    private readonly resolveLinks: boolean,
  ) {
    this.links = new Links(queries);
    this.messages = new PackedMessages(encoder, form);
  }

  send(row: EventRow): boolean {
    const delivery = this.resolveLinks ? this.links.resolve(row) : { event: row };
    return this.messages.add(delivery) ? this.flush() : true;
  }

  /** What belongs between two events. */
  sendReady(message: Buffer): boolean {
    return this.messages.addReady(message) ? this.flush() : true;
  }

  /** What was collected goes out: before anything else is written, and before anybody waits. */
  flush(): boolean {
    const pack = this.messages.take();
    return pack === undefined || this.out.write(pack);
  }
}
