import { join } from 'node:path';
import type { Position } from '#kernel';
import { checkedStream } from '../checks.js';
import type {
  EventReader,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeAllOptions,
  SubscribeStreamOptions,
  Subscription,
} from '../port.js';
import { CommitSignal } from './commit-signal.js';
import { AllFeed, StreamFeed, type Feed } from './feeds.js';
import { LogQueries } from './log-queries.js';
import { PulledSubscription } from './pulled-subscription.js';
import { positionAt, type TextEvent } from './rows.js';
import { openForReading, propertiesOf, type LogProperties } from './schema.js';

export interface EmbeddedReaderOptions {
  /** The data folder. */
  readonly folder: string;
  readonly fileName?: string;
  /** What `$maxAge` counts back from, milliseconds since 1970. */
  readonly now?: () => number;
}

export const LOG_FILE = 'log.db';

export const logPath = ({ folder, fileName = LOG_FILE }: EmbeddedReaderOptions): string => join(folder, fileName);

/** What the embedded log can do beyond the port, for loops that read a great deal. Nothing here yields to others. */
export interface BatchReader {
  /** The next events of the log, system events included, at once. `after` is exclusive: `START`, or the last one read. */
  readAllBatch(after: Position, maxCount: number): StoredEvent[];
  /** The same with data and metadata as text: for readers that parse the JSON, half again as fast. */
  readTextBatch(after: Position, maxCount: number): TextEvent[];
  /** Resolves once the log goes beyond the position, or when the reader is closed or notified. */
  committedAfter(position: Position): Promise<void>;
  /** Wakes everybody who waits on this reader, as a commit does. */
  notify(): void;
}

/** Reads a log from any thread of the process that writes it. */
export class EmbeddedEventReader implements EventReader, BatchReader {
  readonly properties: LogProperties;
  private readonly db;
  /** Rows as they lie in the log, for adapters beside this one that hand them on. */
  readonly queries: LogQueries;
  private readonly signal: CommitSignal;
  private readonly subscriptions = new Set<Subscription>();

  constructor(options: EmbeddedReaderOptions) {
    this.db = openForReading(logPath(options));
    this.properties = propertiesOf(this.db);
    this.queries = new LogQueries(this.db, options.now ?? Date.now);
    this.signal = new CommitSignal(this.properties.epoch);
  }

  get epoch(): string {
    return this.properties.epoch;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<StoredEvent[]> {
    return this.queries.readStream(checkedStream(stream), options);
  }

  async readAll(options: ReadAllOptions = {}): Promise<StoredEvent[]> {
    return this.queries.readAll(options);
  }

  async getStreamMetadata(stream: string): ReturnType<EventReader['getStreamMetadata']> {
    return this.queries.describe(checkedStream(stream));
  }

  async head(): Promise<Position | undefined> {
    const head = this.queries.head();
    return head === undefined ? undefined : positionAt(head);
  }

  async lastDelivered(): Promise<Position | undefined> {
    const last = this.queries.delivered();
    return last === undefined ? undefined : positionAt(last);
  }

  subscribeToAll(options: SubscribeAllOptions = {}): Subscription {
    return this.subscribe(new AllFeed(this.queries, options));
  }

  /** @throws InvalidArgument on a negative revision */
  subscribeToStream(stream: string, options: SubscribeStreamOptions = {}): Subscription {
    return this.subscribe(new StreamFeed(this.queries, checkedStream(stream), options));
  }

  readAllBatch(after: Position, maxCount: number): StoredEvent[] {
    return this.queries.rawAll(after.commit + 1n, maxCount).map((row) => this.queries.rows.event(row));
  }

  readTextBatch(after: Position, maxCount: number): TextEvent[] {
    return this.queries.textAfter(after, maxCount);
  }

  async committedAfter(position: Position): Promise<void> {
    const version = this.signal.version;
    if (BigInt(this.queries.head() ?? -1) <= position.commit) await this.signal.changed(version);
  }

  notify(): void {
    this.signal.notify();
  }

  async close(): Promise<void> {
    for (const subscription of this.subscriptions) subscription.close();
    this.signal.close();
    this.db.close();
  }

  private subscribe(feed: Feed): Subscription {
    const subscription = new PulledSubscription(feed, this.signal, (closed) => this.subscriptions.delete(closed));
    this.subscriptions.add(subscription);
    return subscription;
  }
}
