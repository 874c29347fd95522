import type { Position } from '#kernel';
import type { ConsumerGroups } from './consumer-groups.js';

/** `no_stream`, a revision, or what only foreign writers use: `stream_exists`, `any` (EVENT_STORE.md 1). */
export type ExpectedRevision = bigint | 'no_stream' | 'stream_exists' | 'any';

export type ContentType = 'application/json' | 'application/octet-stream';

export interface NewEvent {
  /** The caller's UUID: the same append sent again with the same ids is recognised (EVENT_STORE.md 4). */
  readonly id: string;
  readonly type: string;
  readonly contentType: ContentType;
  /** Stored byte for byte. */
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: Position;
  /** When the store wrote it, milliseconds since 1970. */
  readonly createdMs: number;
}

export interface AppendResult {
  /** The revision of the last event of the append. */
  readonly revision: bigint;
  readonly position: Position;
}

export interface ReadStreamOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** Inclusive. Default: `start` forwards, `end` backwards. */
  readonly from?: bigint | 'start' | 'end';
  readonly maxCount?: number;
}

export interface ReadAllOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** Forwards inclusive, backwards exclusive (EVENT_STORE.md 12). Default: `start` forwards, `end` backwards. */
  readonly from?: Position | 'start' | 'end';
  readonly maxCount?: number;
}

/** System events (type `$…`) are always left out. Prefixes and the expression are alternatives within a field. */
export interface Filter {
  readonly streamPrefixes?: readonly string[];
  readonly typePrefixes?: readonly string[];
  readonly typeExpression?: RegExp;
}

export interface SubscribeAllOptions {
  /** Exclusive: the first event is the one after it. */
  readonly after?: Position | 'start' | 'end';
  readonly filter?: Filter;
}

export interface SubscribeStreamOptions {
  /** Exclusive. */
  readonly after?: bigint | 'start' | 'end';
}

/** In this order: `confirmed` once, history, `caughtUp`, live. `checkpoint` says a filter has passed over this much. */
export type SubscriptionMessage =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'caughtUp' };

/** Pulled by `for await`: what is not pulled is not read, so a slow reader costs no memory. `close` ends the loop. */
export interface Subscription extends AsyncIterable<SubscriptionMessage> {
  close(): void;
}

export interface StreamMetadata {
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  readonly truncateBefore?: bigint;
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** What reads the log. Any number of readers beside one writer. */
export interface EventReader {
  /**
   * @throws StreamNotFound where it does not exist or was soft-deleted
   * @throws StreamDeleted where it was tombstoned
   * @throws InvalidArgument on a negative revision, or forwards from `end`
   */
  readStream(stream: string, options?: ReadStreamOptions): Promise<StoredEvent[]>;
  readAll(options?: ReadAllOptions): Promise<StoredEvent[]>;
  subscribeToAll(options?: SubscribeAllOptions): Subscription;
  subscribeToStream(stream: string, options?: SubscribeStreamOptions): Subscription;
  getStreamMetadata(stream: string): Promise<{ metadata: StreamMetadata; revision: bigint | undefined }>;
  /** The position of the last event, undefined where the log is empty. */
  head(): Promise<Position | undefined>;
  /**
   * The position of the last event that a subscription to all delivers. Beyond it system events may lie, which nobody who
   * follows the log can be waited for to see.
   */
  lastDelivered(): Promise<Position | undefined>;
  /** Names this log: a position token of another log is refused (EVENTS.md 4). */
  readonly epoch: string;
  close(): Promise<void>;
}

/** The log. Two adapters; `contract/` holds what both must keep (EVENT_STORE.md). */
export interface EventStore extends EventReader {
  /** Whether other processes write this log, too: what is remembered of a stream may be behind it. */
  readonly isShared: boolean;
  /** Those who share the work on events (EVENT_STORE.md 20). */
  readonly consumerGroups: ConsumerGroups;
  /**
   * Writes all of the events or none, durably before it answers.
   * @throws WrongExpectedRevision with stream, expected and actual
   * @throws StreamDeleted, EventTooLarge, InvalidArgument
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;
  /**
   * Soft delete: writing again continues the revision numbers (EVENT_STORE.md 15).
   * @returns the position of what was written
   */
  deleteStream(stream: string, expected: ExpectedRevision): Promise<Position>;
  tombstoneStream(stream: string, expected: ExpectedRevision): Promise<Position>;
  setStreamMetadata(stream: string, metadata: StreamMetadata, expected?: ExpectedRevision): Promise<AppendResult>;
}
