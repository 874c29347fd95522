import { InvalidArgument, StreamDeleted, StreamNotFound } from '../errors.js';
import type { Filter, StoredEvent, SubscribeAllOptions, SubscribeStreamOptions, SubscriptionMessage } from '../port.js';
import { DELETED_REVISION } from '../stream-metadata.js';
import { START } from '#kernel';
import type { LogQueries } from './log-queries.js';
import { positionAt } from './rows.js';

/** Where a subscription's messages come from. Everything is read when it is asked for and not before. */
export interface Feed {
  /** @throws StreamDeleted where there is nothing to subscribe to any more */
  open(): void;
  /** What comes next, nothing where that is all there is at present. `ended` says why nothing more will come. */
  next(): { readonly messages: SubscriptionMessage[]; readonly more: boolean; readonly ended?: Error };
  /** History is over. */
  goLive(): void;
}

const BATCH = 500;

/** `$all` without system events (EVENT_STORE.md 17). A checkpoint says how far the filter has looked in vain. */
export class AllFeed implements Feed {
  private after = START.commit;
  private readonly wanted: (stream: string, type: number) => boolean;

  constructor(
    private readonly queries: LogQueries,
    private readonly options: SubscribeAllOptions,
  ) {
    this.wanted = matcher(queries, options.filter ?? {});
  }

  open(): void {
    const { after = 'start' } = this.options;
    if (after === 'end') this.after = BigInt(this.queries.head() ?? -1);
    else if (after !== 'start') this.after = after.commit;
  }

  next(): ReturnType<Feed['next']> {
    const rows = this.queries.rawAll(this.after + 1n, BATCH);
    const messages: SubscriptionMessage[] = [];
    for (const row of rows) {
      if (this.wanted(row[1], row[3])) messages.push({ kind: 'event', event: this.queries.rows.event(row) });
    }
    const last = rows.at(-1);
    if (last) {
      const position = positionAt(last[0]);
      this.after = position.commit;
      if (!this.wanted(last[1], last[3])) messages.push({ kind: 'checkpoint', position });
    }
    return { messages, more: rows.length === BATCH };
  }

  goLive(): void {}
}

function matcher({ rows }: LogQueries, filter: Filter): (stream: string, type: number) => boolean {
  const { streamPrefixes, typePrefixes, typeExpression } = filter;
  // A sticky or global expression would remember where it stopped.
  const expression = typeExpression && new RegExp(typeExpression.source, typeExpression.flags.replace(/[gy]/g, ''));
  const types = new Map<number, boolean>();
  const typeMatches = (name: string): boolean => {
    if (name.startsWith('$')) return false;
    if (!typePrefixes && !expression) return true;
    return (typePrefixes ?? []).some((prefix) => name.startsWith(prefix)) || (expression?.test(name) ?? false);
  };
  return (stream, type) => {
    let matches = types.get(type);
    if (matches === undefined) types.set(type, (matches = typeMatches(rows.type(type))));
    return matches && (!streamPrefixes || streamPrefixes.some((prefix) => stream.startsWith(prefix)));
  };
}

/** One stream. A tombstone is the last event, and then the end (EVENT_STORE.md 16). */
export class StreamFeed implements Feed {
  private after = -1n;
  private live = false;

  constructor(
    private readonly queries: LogQueries,
    private readonly stream: string,
    private readonly options: SubscribeStreamOptions,
  ) {
    const { after } = options;
    if (typeof after === 'bigint' && after < 0n) throw new InvalidArgument(`Revision ${after} is negative.`);
  }

  open(): void {
    const { after } = this.options;
    const last = this.queries.lastRevision(this.stream);
    if (after === 'end') this.after = last;
    else if (typeof after === 'bigint') this.after = after;
  }

  next(): ReturnType<Feed['next']> {
    const events = this.live ? this.queries.appendedAfter(this.stream, this.after, BATCH) : this.history();
    const reached = events.at(-1)?.revision;
    if (reached !== undefined && reached > this.after) this.after = reached;
    const messages = events.map((event): SubscriptionMessage => ({ kind: 'event', event }));
    const more = events.length === BATCH;
    return this.after === DELETED_REVISION
      ? { messages, more: false, ended: new StreamDeleted(this.stream) }
      : { messages, more };
  }

  goLive(): void {
    this.live = true;
  }

  /** History is what reads show; live events come whatever the stream's metadata hide, as from EventStoreDB. */
  private history(): StoredEvent[] {
    const last = this.queries.lastRevision(this.stream);
    const events = this.shown();
    // What is hidden now must not come as live.
    if (events.length < BATCH && last > this.after) this.after = last;
    return events;
  }

  private shown(): StoredEvent[] {
    try {
      return this.queries.readStream(this.stream, { from: this.after + 1n, maxCount: BATCH });
    } catch (error) {
      if (error instanceof StreamNotFound) return [];
      throw error;
    }
  }
}
