import type { Position } from '#kernel';
import type { StoredEvent } from './port.js';

/**
 * Who of a group gets an event: each in turn; one until it has no room; the same for all events of a stream; the same for all
 * events of a correlation id. The last two only as long as the consumers stay the same.
 */
export const CONSUMER_STRATEGIES = ['RoundRobin', 'DispatchToSingle', 'Pinned', 'PinnedByCorrelation'] as const;
export type ConsumerStrategy = (typeof CONSUMER_STRATEGIES)[number];

/** 0 milliseconds between checkpoints mean that only their count decides; 0 for an acknowledgement are over at once. */
export interface GroupSettings {
  /** Whether events that only point to others (`$>`) are delivered as those. */
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  /** What is not acknowledged for so long is sent again. */
  readonly messageTimeoutMs: number;
  /** What was sent again so often is parked. */
  readonly maxRetryCount: number;
  /** How often, and after how many events, the place is written down that a restart goes on from. */
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** How many may consume at once; 0 for any number. */
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: ConsumerStrategy;
}

/** What EventStoreDB's clients send where nobody says otherwise. */
export const DEFAULT_GROUP_SETTINGS: GroupSettings = {
  resolveLinks: false,
  extraStatistics: false,
  messageTimeoutMs: 30_000,
  maxRetryCount: 10,
  checkpointAfterMs: 2_000,
  minCheckpointCount: 10,
  maxCheckpointCount: 1_000,
  maxSubscriberCount: 0,
  liveBufferSize: 500,
  readBatchSize: 20,
  historyBufferSize: 500,
  strategy: 'RoundRobin',
};

export interface GroupName {
  /** `$all` for everything. */
  readonly stream: string;
  readonly group: string;
}

/** For groups on `$all`, by the name of the stream or of the type: prefixes of which one has to match, or an expression. */
export interface GroupFilter {
  readonly on: 'stream' | 'type';
  readonly prefixes?: readonly string[];
  readonly regex?: string;
}

/** Inclusive: a revision, or for `$all` a position. */
export type GroupStart = 'start' | 'end' | bigint | Position;

export interface NewGroup extends GroupName {
  readonly startFrom: GroupStart;
  readonly filter?: GroupFilter;
  /** The defaults where left out. */
  readonly settings?: Partial<GroupSettings>;
}

/** The filter of a group cannot be changed. */
export type ChangedGroup = Omit<NewGroup, 'filter'>;

export interface ConnectedConsumer {
  readonly user: string;
  /** Its address. */
  readonly from: string;
  readonly connectionName: string;
  /** Events that are with it and not acknowledged. */
  readonly inFlight: number;
  /** How many more it takes. */
  readonly freeSlots: number;
  /** Since it connected, what came again included. */
  readonly delivered: number;
}

/** A place in the stream, a revision; in `$all`, a position. */
export type GroupPlace = bigint | Position;

export interface GroupInfo extends GroupName {
  readonly startFrom: GroupStart;
  readonly settings: GroupSettings;
  readonly consumers: readonly ConnectedConsumer[];
  /** Since the server started, what came again included. */
  readonly delivered: number;
  /** Read and with nobody yet, what comes again included. */
  readonly waiting: number;
  readonly inFlight: number;
  readonly parked: number;
  /** The last that was read, ahead of consumers; undefined where nothing was. */
  readonly read: GroupPlace | undefined;
  /** Where a restart goes on, written now and then; undefined where it was not written yet. */
  readonly checkpoint: GroupPlace | undefined;
}

/** An event that somebody has to settle: acknowledge, or say why not. */
export interface GroupEvent {
  readonly event: StoredEvent;
  /** How often it was sent before. */
  readonly retryCount: number;
}

/** `park` puts it aside for an operator; `retry` sends it again, parked where it came too often; `skip` settles it. */
export type GroupNack = 'park' | 'retry' | 'skip';

export interface ConsumeOptions {
  /** So many events may be with the consumer unsettled; at least 1. Default: 10. */
  readonly bufferSize?: number;
  /** How it is called in what is told of the group. */
  readonly name?: string;
}

/**
 * One of those who share the events of a group, by `for await`, once. It outlives connections: where one is lost, or the group is
 * changed, it takes up the group again; what was in hand then comes again, to it or to another. Events come at least
 * once and in no order (EVENT_STORE.md 20).
 *
 * The loop ends with GroupMissing (also where the group is deleted meanwhile), GroupFull, AccessDenied, StreamDeleted.
 */
export interface GroupConsumer extends AsyncIterable<GroupEvent> {
  /** What is not in hand any more, because it was lost with a connection, is not settled: it comes again. */
  ack(...events: readonly GroupEvent[]): void;
  nack(action: GroupNack, reason: string, ...events: readonly GroupEvent[]): void;
  /** Ends the loop. What was settled is settled; what is in hand goes to others. */
  close(): Promise<void>;
}

/**
 * Persistent subscriptions: the store remembers how far a group has come, and those who consume it share the work.
 * @throws AccessDenied where the credentials may not, StoreUnavailable where nobody answers (all methods)
 */
export interface ConsumerGroups {
  /** @throws GroupExists, GroupRefused, StreamDeleted */
  create(group: NewGroup): Promise<void>;
  /** It goes on from its checkpoint. Consumers connect anew. @throws GroupMissing, GroupRefused */
  update(group: ChangedGroup): Promise<void>;
  /** Its checkpoint and what it parked are deleted, too. @throws GroupMissing */
  delete(group: GroupName): Promise<void>;
  /** @throws GroupMissing */
  info(group: GroupName): Promise<GroupInfo>;
  /** All of them, or those of a stream. */
  list(stream?: string): Promise<readonly GroupInfo[]>;
  /** What was parked goes to the consumers again, up to 10,000 events at once. @throws GroupMissing */
  replayParked(group: GroupName): Promise<void>;
  /** @throws InvalidArgument on a buffer for nothing */
  consume(group: GroupName, options?: ConsumeOptions): GroupConsumer;
}
