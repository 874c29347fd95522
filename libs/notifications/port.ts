import type { Instant, Position } from '#kernel';

/** By what a notice travels. */
export type NoticeChannel = 'email' | 'log';

/** What a text may speak of: ids, codes and instants of the event that is told. Nothing personal (EVENTS.md 9). */
export type NoticeFacts = {
  readonly severity: string;
  readonly occurredAt: Instant;
  readonly category?: string;
  readonly clock?: string;
  readonly run?: number;
  readonly dueAt?: Instant;
  readonly percent?: number;
  readonly level?: number;
};

/** That somebody is to be told of an event: one row per cause, recipient and channel, whatever is repeated. */
export interface NewNotice {
  /** Derived from cause, recipient and channel. */
  readonly id: string;
  /** The event that is told. */
  readonly causeId: string;
  /** Where its cause stands in the log, as text that sorts. */
  readonly place: string;
  readonly caseId: string;
  /** A person's id, or the post that nobody holds. */
  readonly recipient: string;
  readonly channel: NoticeChannel;
  /** The rule of the pack that says so, and that pack. */
  readonly rule: string;
  readonly template: string;
  readonly pack: string;
  readonly packVersion: string;
  readonly urgent: boolean;
  readonly facts: NoticeFacts;
  readonly createdAt: Instant;
  /** Not sent before. */
  readonly dueAt: Instant;
}

/**
 * `sealed`: it is in a message, whose job goes on until it is sent or dead. `superseded`: something higher or later was
 * reached before it was sent (EVENTS.md 15); `withdrawn`: its reason fell before (EVENTS.md 16). Both stay on record.
 */
export const NOTICE_STATES = ['waiting', 'sealed', 'sent', 'superseded', 'withdrawn'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** Why a notice went into the log rather than by mail. */
export type Fallback = 'NO_MAIL_SERVER' | 'NO_ADDRESS' | 'NOBODY_HOLDS_POST';

export interface Notice extends NewNotice {
  readonly state: NoticeState;
  readonly messageId?: string;
  readonly sealedAt?: Instant;
  readonly sentAt?: Instant;
  /** How it went out, which may be another way than the rule's. */
  readonly via?: NoticeChannel;
  readonly fallback?: Fallback;
}

/** What goes out together: what one recipient gets by one channel, the urgent apart from the rest. */
export interface Lane {
  readonly recipient: string;
  readonly channel: NoticeChannel;
  readonly urgent: boolean;
}

export interface NoticeFilter {
  readonly states?: readonly NoticeState[];
  readonly caseId?: string;
  readonly messageIds?: readonly string[];
}

/** Who must be told, kept beside how far the log was read. Not derived: no rebuild touches it. */
export interface Outbox {
  /** How far the log was read. */
  checkpoint(): Promise<Position>;
  /**
   * Writes the notices and moves the checkpoint in one transaction. A notice that is there already stays as it is.
   * @throws CheckpointMoved where somebody else read on meanwhile; then nothing is written
   */
  record(notices: readonly NewNotice[], from: Position, to: Position): Promise<void>;
  /** Lanes in which something waits that is due. */
  dueLanes(at: Instant): Promise<readonly Lane[]>;
  nextDue(): Promise<Instant | undefined>;
  /** What is due in a lane, the oldest first. */
  due(lane: Lane, at: Instant, limit: number): Promise<readonly Notice[]>;
  lastSealedAt(lane: Lane): Promise<Instant | undefined>;
  /** What is due at `at` in the lane waits until another instant. */
  postpone(lane: Lane, at: Instant, until: Instant): Promise<void>;
  drop(ids: readonly string[], state: 'superseded' | 'withdrawn'): Promise<void>;
  /** From here on they are one message. */
  seal(messageId: string, ids: readonly string[], at: Instant): Promise<void>;
  /** Messages that were sealed and not sent. */
  sealedMessages(): Promise<readonly string[]>;
  message(messageId: string): Promise<readonly Notice[]>;
  sent(
    messageId: string,
    how: { readonly at: Instant; readonly via: NoticeChannel; readonly fallback?: Fallback },
  ): Promise<void>;
  /** The latest first. */
  list(filter: NoticeFilter, limit: number): Promise<readonly Notice[]>;
  counts(): Promise<Readonly<Record<NoticeState, number>>>;
}

/** Two read the log into one outbox; one of them must stop. */
export class CheckpointMoved extends Error {
  readonly code = 'CHECKPOINT_MOVED';
}

/** A message as it is handed to a mail server. */
export interface Mail {
  /** The same for the same message, however often it is tried. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Something that carries mail. @throws an error whose `code` says what was wrong, without an address in it */
export interface MailCarrier {
  send(mail: Mail): Promise<void>;
  close(): void;
}
