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
import { Checkpoints } from './checkpoints.js';
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
    const { after, filter, pace } = request;
    const sender = this.senderFor(request, out);
    const matcher = new Matcher(filter, queries.rows);
    const checkpoints = pace && new Checkpoints(pace);
    // Behind the end there is nothing to wait for: what is written next comes.
    let position = after === 'end' ? this.head() : after === 'start' ? -1 : Math.min(Number(after), this.head());
    await this.follow(out, after === 'end', async (limit, live) => {
      const rows = queries.rawAll(BigInt(position) + 1n, limit);
      const seen = matcher.select(rows);
      for (const [index, row] of rows.entries()) {
        if (seen[index] && !sender.send(row)) await out.drained();
        const due = live ? checkpoints?.live(row[0]) : checkpoints?.inHistory(row[0], seen[index]!);
        if (due !== undefined && !sender.sendReady(checkpoint(due))) await out.drained();
      }
      if (!sender.flush()) await out.drained();
      position = rows.at(-1)?.[0] ?? position;
      if (!live && rows.length < limit) checkpoints?.endHistory();
      return { rows, isThere: true };
    });
  }

  /** @throws StreamDeleted, also after the tombstone was sent */
  async stream(request: StreamSubscription, out: Outgoing): Promise<void> {
    const { stream, after } = request;
    const sender = this.senderFor(request, out);
    const last = this.lastRevision(stream);
    if (last === DELETED_REVISION && after !== 'end') throw new StreamDeleted(stream);
    let revision = after === 'end' ? last : after === 'start' ? -1n : after;
    await this.follow(out, after === 'end', async (limit, live) => {
      const page = live ? this.appendedAfter(stream, revision, limit) : this.shownAfter(stream, revision, limit);
      for (const row of page.rows) if (!sender.send(row)) await out.drained();
      if (!sender.flush()) await out.drained();
      revision = larger(revision, page.reached);
      if (revision === DELETED_REVISION && page.rows.length > 0) throw new StreamDeleted(stream);
      return page;
    });
  }

  /**
   * History page by page until there is no more, then what is committed. A stream that is not there has no history that could
   * be over: its first events are history, and caught up comes after them.
   */
  private async follow(
    out: Outgoing,
    fromEnd: boolean,
    sendPage: (limit: number, live: boolean) => Promise<Sent>,
  ): Promise<void> {
    const wakeAll = (): void => this.reader.notify();
    out.whenCancelled(wakeAll);
    const size = new PageSize();
    out.write(confirmation(newId()));
    if (fromEnd) out.write(caughtUp());
    for (let live = fromEnd; !out.cancelled;) {
      const head = this.head();
      const limit = size.next(Infinity);
      const { rows, isThere } = await sendPage(limit, live);
      if (rows.length === limit) {
        size.learn(rows);
        await nextTurn();
        continue;
      }
      if (!live && isThere) {
        live = true;
        out.write(caughtUp());
      }
      if (!out.cancelled) await this.reader.committedAfter(positionAt(head));
    }
  }

  /** What comes as live comes whatever the metadata hide, as from EventStoreDB. */
  private appendedAfter(stream: string, revision: bigint, limit: number): Page {
    const rows = this.reader.queries.rowsAppendedAfter(stream, revision, limit);
    return { rows, isThere: true, reached: reachedBy(rows) };
  }

  /** History is what reads show. What is hidden when it ends must not come as live. @throws StreamDeleted */
  private shownAfter(stream: string, revision: bigint, limit: number): Page {
    try {
      const from = revision === DELETED_REVISION ? revision : revision + 1n;
      const { rows, last } = this.reader.queries.streamPage(stream, 'forwards', from, limit);
      return { rows, isThere: true, reached: rows.length < limit ? larger(last, reachedBy(rows)) : reachedBy(rows) };
    } catch (error) {
      if (error instanceof StreamNotFound) return { rows: [], isThere: false, reached: -1n };
      throw error;
    }
  }

  /** Of a stream that was tombstoned nothing will come; who asks from its end on is not told, as by EventStoreDB. */
  private lastRevision(stream: string): bigint {
    try {
      return this.reader.queries.lastRevision(stream);
    } catch (error) {
      if (error instanceof StreamDeleted) return DELETED_REVISION;
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

interface Sent {
  readonly rows: readonly EventRow[];
  /** Whether there is such a stream. */
  readonly isThere: boolean;
}

interface Page extends Sent {
  /** The revision behind which the next page begins. */
  readonly reached: bigint;
}

function reachedBy(rows: readonly EventRow[]): bigint {
  const revision = rows.at(-1)?.[2] ?? -1;
  return revision > Number.MAX_SAFE_INTEGER ? DELETED_REVISION : BigInt(revision);
}
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
