import { setMaxListeners } from 'node:events';
import type { Metadata, ServiceError } from '@grpc/grpc-js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { newId, type Position } from '#kernel';
import { checkedEvent, checkedExpectation, checkedStream } from '../checks.js';
import { InvalidArgument, StreamDeleted, StreamNotFound } from '../errors.js';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamMetadata,
  SubscribeAllOptions,
  SubscribeStreamOptions,
  Subscription,
} from '../port.js';
import { decodeStreamMetadata, encodeStreamMetadata, metadataStream, METADATA_TYPE } from '../stream-metadata.js';
import { AppendCalls } from './append-calls.js';
import type { Connection, StreamsClient } from './connection.js';
import { EventStoreDbConsumerGroups } from './consumer-groups/consumer-groups.js';
import { GroupCalls } from './consumer-groups/group-calls.js';
import { failureOf, Interrupted } from './failures.js';
import { FollowingAll, FollowingStream } from './following.js';
import { ReadCalls } from './read-calls.js';
import { nameOf, type LogName } from './log-name.js';
import { readAll, readStream, setExpected, streamIdentifier } from './requests.js';
import { retrying } from './retrying.js';
import { QUIET_MS, ResumedSubscription, type Following } from './subscription.js';
import { Tail } from './tail.js';

/** What no stream has more of. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;
const DEADLINE_MS = 10_000;

type PositionAnswer = { getPosition(): { getCommitPosition(): string; getPreparePosition(): string } | undefined };

/** Milliseconds; and how the log is marked if this opening is the one that names it. */
interface Opening {
  readonly openForMs: number;
  readonly retryForMs: number;
  readonly quietMs?: number;
  readonly testLog?: boolean;
}

/** The log on EventStoreDB, or on whatever speaks its protocol. */
export class EventStoreDb implements EventStore {
  readonly isShared = true;
  readonly consumerGroups: EventStoreDbConsumerGroups;
  private readonly reads: ReadCalls;
  private readonly appends: AppendCalls;
  private readonly abort = new AbortController();
  private readonly subscriptions = new Set<Subscription>();

  private readonly tail = new Tail((options) => this.readAll(options));
  private name: LogName = { epoch: '', testLog: false };

  private constructor(
    private readonly connection: Connection,
    private retryForMs: number,
    private readonly quietMs = QUIET_MS,
  ) {
    // As many operations as there are may wait for it at once.
    setMaxListeners(0, this.abort.signal);
    this.reads = new ReadCalls(connection);
    this.appends = new AppendCalls(connection, DEADLINE_MS);
    this.consumerGroups = new EventStoreDbConsumerGroups(
      new GroupCalls(connection, this.reads),
      (attempt) => this.retrying(attempt),
      () => ({ quietMs: this.quietMs, retryForMs: this.retryForMs }),
    );
  }

  /** @throws AccessDenied, StoreUnavailable: then the connection is closed */
  static async open(connection: Connection, how: Opening): Promise<EventStoreDb> {
    const store = new EventStoreDb(connection, how.openForMs, how.quietMs);
    try {
      store.name = await nameOf(store, how.testLog ?? false);
      store.retryForMs = how.retryForMs;
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  get epoch(): string {
    return this.name.epoch;
  }

  /** Whether it was marked when it was named as written under a test clock (EVENTS.md 20). */
  get testLog(): boolean {
    return this.name.testLog;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    checkedStream(stream);
    checkedExpectation(expected);
    const append = { stream, expected, events: events.map(checkedEvent) };
    // The same ids with the same expectation: what was written by an attempt that was not heard of is recognised.
    return this.retrying(() => this.appends.append(append));
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<StoredEvent[]> {
    const { direction = 'forwards', maxCount = EVERYTHING } = options;
    const from = options.from ?? (direction === 'forwards' ? 'start' : 'end');
    checkedStream(stream);
    checkedCount(maxCount);
    if (from === 'end' && direction === 'forwards') throw forwardsFromEnd();
    if (typeof from === 'bigint' && from < 0n) throw new InvalidArgument(`Revision ${from} is negative.`);
    // EventStoreDB cannot be asked for nothing, but for whether the stream is there.
    const request = readStream(stream, direction, from, Math.max(maxCount, 1));
    const events = await this.retrying(() => this.reads.collect(request, stream));
    return maxCount === 0 ? [] : events;
  }

  async readAll(options: ReadAllOptions = {}): Promise<StoredEvent[]> {
    const { direction = 'forwards', maxCount = EVERYTHING } = options;
    const from = options.from ?? (direction === 'forwards' ? 'start' : 'end');
    checkedCount(maxCount);
    if (from === 'end' && direction === 'forwards') throw forwardsFromEnd();
    if (maxCount === 0) return [];
    return this.retrying(() => this.reads.collect(readAll(direction, from, maxCount), '$all'));
  }

  async head(): Promise<Position | undefined> {
    return (await this.readAll({ direction: 'backwards', maxCount: 1 }))[0]?.position;
  }

  async lastDelivered(): Promise<Position | undefined> {
    return this.tail.delivered();
  }

  subscribeToAll(options: SubscribeAllOptions = {}): Subscription {
    return this.subscribe(new FollowingAll(this.reads, options));
  }

  subscribeToStream(stream: string, options: SubscribeStreamOptions = {}): Subscription {
    const { after } = options;
    if (typeof after === 'bigint' && after < 0n) throw new InvalidArgument(`Revision ${after} is negative.`);
    return this.subscribe(new FollowingStream(this.reads, checkedStream(stream), options));
  }

  async getStreamMetadata(stream: string): Promise<{ metadata: StreamMetadata; revision: bigint | undefined }> {
    try {
      const [event] = await this.readStream(metadataStream(checkedStream(stream)), {
        direction: 'backwards',
        maxCount: 1,
      });
      if (event === undefined) return { metadata: {}, revision: undefined };
      return { metadata: decodeStreamMetadata(event.data), revision: event.revision };
    } catch (error) {
      if (error instanceof StreamNotFound) return { metadata: {}, revision: undefined };
      throw error instanceof StreamDeleted ? new StreamDeleted(stream) : error;
    }
  }

  async setStreamMetadata(
    stream: string,
    metadata: StreamMetadata,
    expected: ExpectedRevision = 'any',
  ): Promise<AppendResult> {
    const event: NewEvent = {
      id: newId(),
      type: METADATA_TYPE,
      contentType: 'application/json',
      data: encodeStreamMetadata(metadata),
      metadata: Buffer.alloc(0),
    };
    return this.append(metadataStream(checkedStream(stream)), expected, [event]);
  }

  async deleteStream(stream: string, expected: ExpectedRevision): Promise<Position> {
    const options = new streamsPb.DeleteReq.Options().setStreamIdentifier(streamIdentifier(checkedStream(stream)));
    setExpected(options, checkedExpectation(expected), new sharedPb.Empty(), (revision) =>
      options.setRevision(revision),
    );
    const request = new streamsPb.DeleteReq().setOptions(options);
    return this.retrying(() => this.unary(stream, expected, (client, ...rest) => client.delete(request, ...rest)));
  }

  async tombstoneStream(stream: string, expected: ExpectedRevision): Promise<Position> {
    const options = new streamsPb.TombstoneReq.Options().setStreamIdentifier(streamIdentifier(checkedStream(stream)));
    setExpected(options, checkedExpectation(expected), new sharedPb.Empty(), (revision) =>
      options.setRevision(revision),
    );
    const request = new streamsPb.TombstoneReq().setOptions(options);
    return this.retrying(async (before) => {
      try {
        return await this.unary(stream, expected, (client, ...rest) => client.tombstone(request, ...rest));
      } catch (error) {
        // An earlier attempt that was not heard of did it.
        if (error instanceof StreamDeleted && before > 0) return (await this.head())!;
        throw error;
      }
    });
  }

  /** What was accepted is written before the connection closes. */
  async close(): Promise<void> {
    for (const subscription of [...this.subscriptions]) subscription.close();
    await this.consumerGroups.close();
    await this.appends.close();
    this.abort.abort();
    await this.connection.close();
  }

  private subscribe(following: Following): Subscription {
    const onClose = (closed: Subscription): boolean => this.subscriptions.delete(closed);
    const subscription = new ResumedSubscription(following, this.reads, onClose, this.quietMs);
    this.subscriptions.add(subscription);
    return subscription;
  }

  private retrying<T>(attempt: (before: number) => Promise<T>): Promise<T> {
    return retrying({ forMs: this.retryForMs, signal: this.abort.signal }, attempt);
  }

  private async unary(
    stream: string,
    expected: ExpectedRevision,
    ask: (
      client: StreamsClient,
      metadata: Metadata,
      options: { deadline: number },
      done: (error: ServiceError | null, answer: PositionAnswer) => void,
    ) => void,
  ): Promise<Position> {
    const client = await this.connection.streams();
    return new Promise((resolve, reject) => {
      ask(client, this.connection.metadata(), { deadline: Date.now() + DEADLINE_MS }, (error, answer) => {
        if (error === null) {
          const position = answer.getPosition();
          const [commit, prepare] = [position?.getCommitPosition() ?? -1, position?.getPreparePosition() ?? -1];
          return resolve({ commit: BigInt(commit), prepare: BigInt(prepare) });
        }
        const failure = failureOf(error, stream, expected);
        if (failure instanceof Interrupted) void this.connection.drop(client, failure.leader);
        reject(failure as Error);
      });
    });
  }
}

function checkedCount(maxCount: number): void {
  if (!Number.isInteger(maxCount) || maxCount < 0) throw new InvalidArgument(`maxCount ${maxCount} is no count.`);
}

const forwardsFromEnd = (): InvalidArgument => new InvalidArgument('There is nothing to read forwards from the end.');
