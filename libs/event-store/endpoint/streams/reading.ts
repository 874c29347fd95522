import { setImmediate as nextTurn } from 'node:timers/promises';
import { Matcher } from '../../embedded/filter.js';
import type { LogQueries } from '../../embedded/log-queries.js';
import { StreamNotFound } from '../../errors.js';
import { DELETED_REVISION } from '../../stream-metadata.js';
import type { Outgoing } from '../calls.js';
import { readError } from '../failures.js';
import type { EventEncoder } from '../wire/event-encoder.js';
import { firstStreamPosition, lastStreamPosition, streamNotFound } from '../wire/messages.js';
import { EventSender } from './event-sender.js';
import { PageSize } from './page-size.js';
import type { ReadRequest } from './read-request.js';

type StreamRead = Extract<ReadRequest, { kind: 'readStream' }>;
type AllRead = Extract<ReadRequest, { kind: 'readAll' }>;

/** EventStoreDB reads so many events at once; what it says of a stream's first revision depends on it. */
const FIRST_PAGE = 32;

/** Streams.Read that ends: one page after the other, each as large as its events allow. */
export class Reading {
  constructor(
    private readonly queries: LogQueries,
    private readonly encoder: EventEncoder,
  ) {}

  async stream(request: StreamRead, out: Outgoing): Promise<void> {
    const { stream, direction, from, maxCount, compatibility } = request;
    // As EventStoreDB: neither can be asked of its index.
    if (maxCount === 0 || (from === 'end' && direction === 'forwards')) throw readError('ReadStreamResult');
    const sender = this.senderFor(request, out);
    const size = new PageSize();
    let next = from === 'start' ? 0n : from === 'end' ? DELETED_REVISION : from;
    for (let left = maxCount; left > 0 && !out.cancelled;) {
      const limit = size.next(left);
      const page = this.pageOf(request, next, limit);
      if (page === undefined) {
        out.write(streamNotFound(stream));
        return;
      }
      if (compatibility >= 1 && left === maxCount && direction === 'forwards') {
        const reaches = next + BigInt(Math.min(FIRST_PAGE, maxCount));
        if (reaches <= page.first && next !== page.first) out.write(firstStreamPosition(page.first));
      }
      for (const row of page.rows) if (!sender.send(row)) await out.drained();
      if (!sender.flush()) await out.drained();
      left -= page.rows.length;
      const last = page.rows.at(-1);
      if (last === undefined || page.rows.length < limit || left === 0) {
        if (compatibility >= 1) out.write(lastStreamPosition(page.last));
        return;
      }
      size.learn(page.rows);
      const revision = BigInt(last[2]);
      if (direction === 'backwards' && revision === 0n) return;
      next = direction === 'forwards' ? revision + 1n : revision - 1n;
      await nextTurn();
    }
  }

  async all(request: AllRead, out: Outgoing): Promise<void> {
    const { direction, from, maxCount, filter } = request;
    // EventStoreDB starts where its writer stands: there is nothing behind it.
    if ((from === 'end') === (direction === 'forwards') && from !== 'start' && typeof from !== 'bigint') return;
    if (from === 'start' && direction === 'backwards') return;
    const sender = this.senderFor(request, out);
    const matcher = new Matcher(filter, this.queries.rows);
    const size = new PageSize();
    let next = from === 'start' ? 0n : from === 'end' ? DELETED_REVISION : from;
    for (let left = maxCount; left > 0 && !out.cancelled;) {
      const limit = size.next(filter === undefined ? left : Infinity);
      const rows =
        direction === 'forwards' ? this.queries.rawAll(next, limit) : this.queries.rawAllBackwards(next, limit);
      const seen = matcher.select(rows);
      for (const [index, row] of rows.entries()) {
        if (left === 0) break;
        if (!seen[index]) continue;
        left--;
        if (!sender.send(row)) await out.drained();
      }
      if (!sender.flush()) await out.drained();
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) return;
      size.learn(rows);
      next = BigInt(last[0]) + (direction === 'forwards' ? 1n : 0n);
      await nextTurn();
    }
  }

  private pageOf({ stream, direction }: StreamRead, from: bigint, limit: number) {
    try {
      return this.queries.streamPage(stream, direction, from, limit);
    } catch (error) {
      if (error instanceof StreamNotFound) return undefined;
      throw error;
    }
  }

  private senderFor({ uuidForm, resolveLinks }: ReadRequest, out: Outgoing): EventSender {
    return new EventSender(out, this.encoder, this.queries, uuidForm, resolveLinks);
  }
}
