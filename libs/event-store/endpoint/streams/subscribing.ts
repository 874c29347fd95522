import { setImmediate as nextTurn } from 'node:timers/promises';
import { newId } from '#kernel';
import { Matcher } from '../../embedded/filter.js';
import type { EmbeddedEventReader } from '../../embedded/reader.js';
import { positionAt, type EventRow } from '../../embedded/rows.js';
import { StreamDeleted, StreamNotFound } from '../../errors.js';
import { DELETED_REVISION } from '../../stream-metadata.js';
import type { Outgoing } from '../calls.js';
import type { EventEncoder } from '../wire/event-encoder.js';
import { caughtUp, checkpoint, confirmation } from '../wire/messages.js';
import { PageSize } from './page-size.js';
import type { ReadRequest } from './read-request.js';
import { EventSender } from './event-sender.js';

type StreamSubscription = Extract<ReadRequest, { kind: 'subscribeToStream' }>;
type AllSubscription = Extract<ReadRequest, { kind: 'subscribeToAll' }>;

/**
 * Streams.Read that does not end: confirmation, history, caught up, live (EVENT_STORE.md 16, 17). All of it is read from the
 * log when the client can take it, so a slow client costs no memory and is never dropped.
 */
export class Subscribing {
  constructor(
    private readonly reader: EmbeddedEventReader,
    private readonly encoder: EventEncoder,
  ) {}

  async all(request: AllSubscription, out: Outgoing): Promise<void> {
    const { queries } = this.reader;
    const { after, filter, checkpointInterval } = request;
    const sender = this.senderFor(request, out);
    const matcher = new Matcher(filter, queries.rows);
    let position = after === 'end' ? this.head() : after === 'start' ? -1 : Number(after);
    let considered = 0;
    await this.follow(out, async (limit) => {
      const rows = queries.rawAll(BigInt(position) + 1n, limit);
      const seen = matcher.select(rows);
      for (const [index, row] of rows.entries()) {
        let ready = !seen[index] || sender.send(row);
        if (++considered >= checkpointInterval) {
          considered = 0;
          sender.flush();
          ready = out.write(checkpoint(row[0]));
        }
        if (!ready) await out.drained();
      }
      if (!sender.flush()) await out.drained();
      position = rows.at(-1)?.[0] ?? position;
      return rows;
    });
  }

  /** @throws StreamDeleted, also after the tombstone was sent */
  async stream(request: StreamSubscription, out: Outgoing): Promise<void> {
    const { queries } = this.reader;
    const { stream, after } = request;
    const sender = this.senderFor(request, out);
    const last = queries.lastRevision(stream);
    let revision = after === 'end' ? last : after === 'start' ? -1n : after;
    await this.follow(out, async (limit, live) => {
      const page = live ? this.appendedAfter(stream, revision, limit) : this.shownAfter(stream, revision, limit);
      for (const row of page.rows) if (!sender.send(row)) await out.drained();
      if (!sender.flush()) await out.drained();
      revision = larger(revision, page.reached);
      if (revision === DELETED_REVISION && page.rows.length > 0) throw new StreamDeleted(stream);
      return page.rows;
    });
  }

  /** History page by page until there is no more, then what is committed. */
  private async follow(
    out: Outgoing,
    sendPage: (limit: number, live: boolean) => Promise<readonly EventRow[]>,
  ): Promise<void> {
    const wakeAll = (): void => this.reader.notify();
    out.whenCancelled(wakeAll);
    out.write(confirmation(newId()));
    const size = new PageSize();
    for (let live = false; !out.cancelled;) {
      const head = this.head();
      const limit = size.next(Infinity);
      const rows = await sendPage(limit, live);
      if (rows.length === limit) {
        size.learn(rows);
        await nextTurn();
        continue;
      }
      if (!live) {
        live = true;
        out.write(caughtUp());
      }
      if (!out.cancelled) await this.reader.committedAfter(positionAt(head));
    }
  }

  /** What comes as live comes whatever the metadata hide, as from EventStoreDB. */
  private appendedAfter(stream: string, revision: bigint, limit: number): Page {
    const rows = this.reader.queries.rowsAppendedAfter(stream, revision, limit);
    return { rows, reached: reachedBy(rows) };
  }

  /** History is what reads show. What is hidden when it ends must not come as live. */
  private shownAfter(stream: string, revision: bigint, limit: number): Page {
    const last = this.reader.queries.lastRevision(stream);
    const rows = this.shown(stream, revision, limit);
    return { rows, reached: rows.length < limit ? larger(last, reachedBy(rows)) : reachedBy(rows) };
  }

  private shown(stream: string, revision: bigint, limit: number): EventRow[] {
    if (revision === DELETED_REVISION) return [];
    try {
      return this.reader.queries.streamPage(stream, 'forwards', revision + 1n, limit).rows;
    } catch (error) {
      if (error instanceof StreamNotFound) return [];
      throw error;
    }
  }

  private head(): number {
    return this.reader.queries.head() ?? -1;
  }

  private senderFor({ uuidForm, resolveLinks }: ReadRequest, out: Outgoing): EventSender {
    return new EventSender(out, this.encoder, this.reader.queries, uuidForm, resolveLinks);
  }
}

interface Page {
  readonly rows: readonly EventRow[];
  /** The revision behind which the next page begins. */
  readonly reached: bigint;
}

function reachedBy(rows: readonly EventRow[]): bigint {
  const revision = rows.at(-1)?.[2] ?? -1;
  return revision > Number.MAX_SAFE_INTEGER ? DELETED_REVISION : BigInt(revision);
}
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
