import { setImmediate as nextTurn } from 'node:timers/promises';
import { caseAggregate, CASE_STREAM_PREFIX, type RecordedCaseEvent } from '#cases';
import {
  Following,
  type EventReader,
  type StoredEvent,
  type Subscription,
  type SubscriptionMessage,
} from '#event-store';
import { comparePositions, decodeEvent, deriveId, laterOf, START, type Clock, type Position } from '#kernel';
import type { NewNotice, Outbox } from '#notifications';
import type { Policy } from '#policy';
import { causesIn, typesToFollow } from './causes.js';
import { caseBehind, readHistoryOf, type History } from './history.js';

interface Stood {
  readonly caseId: string;
  readonly history: History;
  readonly place: string;
}

/** How many events are taken into one transaction. */
const BATCH = 200;
/** A checkpoint by itself is saved when it went this far: a restart looks at no more than that in vain. */
const SAVE_EVERY = 10_000n;

export interface NotifyPorts {
  readonly clock: Clock;
  readonly reader: EventReader;
  readonly outbox: Outbox;
  /** Of the ids of notices, so that nobody can tell cause or recipient from them. */
  readonly secret: Buffer;
  readonly policyFor: (pack: string, version: string) => Policy;
  /** The policies that rule any case; asked again when the rules changed. */
  readonly policies: () => readonly Policy[];
  /** The ids of those whom a word means; nobody where nobody holds the post. */
  readonly whoIs: (personOrPost: string) => readonly string[];
  readonly onRecorded?: () => void;
  readonly onFailure?: (error: unknown) => void;
}

/**
 * When something happens that a rule of the pack speaks of, then those whom it concerns are written down in the outbox. The
 * rows and how far the log was read go into one transaction, so that each cause has exactly one row, whatever crashes,
 * and a timer that runs twice, a replay or a rebuild make none: only what comes new into the log does.
 */
export class NotifyFromLog {
  private readonly following: Following;
  /** Up to where the outbox has it, and up to where it was looked at. */
  private checkpoint: Position = START;
  private passed: Position = START;

  constructor(private readonly ports: NotifyPorts) {
    const { clock, onFailure } = ports;
    this.following = new Following({
      clock,
      subscribe: () => this.subscribe(),
      take: (subscription) => this.follow(subscription),
      onFailure,
    });
  }

  /** Goes on where the outbox stands, also after a stop. */
  start(): void {
    this.following.start();
  }

  /** A pack was published: its rules may speak of other events. */
  rulesChanged(): void {
    this.following.renew();
  }

  /** Ends after the batch in hand. */
  stop(): Promise<void> {
    return this.following.stop();
  }

  /** What was not recorded is read again from the checkpoint. */
  private async subscribe(): Promise<Subscription> {
    this.checkpoint = this.passed = await this.ports.outbox.checkpoint();
    const after = comparePositions(this.checkpoint, START) === 0 ? 'start' : this.checkpoint;
    const types = new Set(this.ports.policies().flatMap(typesToFollow));
    const filter = {
      streamPrefixes: [CASE_STREAM_PREFIX],
      typeExpression: new RegExp(`^(?:${[...types].join('|')})$`),
    };
    return this.ports.reader.subscribeToAll({ after, filter });
  }

  /** Takes together what is there at one moment: one transaction for many events where there are many. */
  private async follow(subscription: Subscription): Promise<void> {
    const messages = subscription[Symbol.asyncIterator]();
    let next = observed(messages.next());
    for (let ended = false; !ended;) {
      const batch: SubscriptionMessage[] = [];
      while (batch.length < BATCH) {
        const message = batch.length === 0 ? await next : await Promise.race([next, nextTurn()]);
        if (message === undefined) break;
        ended = message.done === true;
        if (message.done === true) break;
        batch.push(message.value);
        next = observed(messages.next());
      }
      await this.take(batch);
    }
    await this.save([]);
  }

  private async take(batch: readonly SubscriptionMessage[]): Promise<void> {
    const notices = await this.noticesOf(batch.flatMap((message) => (message.kind === 'event' ? [message.event] : [])));
    for (const message of batch) {
      if (message.kind === 'event') this.passed = message.event.position;
      else if (message.kind === 'checkpoint') this.passed = message.position;
    }
    if (notices.length > 0 || this.passed.commit - this.checkpoint.commit >= SAVE_EVERY) await this.save(notices);
  }

  private async save(notices: readonly NewNotice[]): Promise<void> {
    if (comparePositions(this.passed, this.checkpoint) <= 0) return;
    await this.ports.outbox.record(notices, this.checkpoint, this.passed);
    this.checkpoint = this.passed;
    if (notices.length > 0) this.ports.onRecorded?.();
  }

  private async noticesOf(batch: readonly StoredEvent[]): Promise<NewNotice[]> {
    const readHistory = readHistoryOf(this.ports.reader);
    const histories = new Map<string, History>();
    const notices: NewNotice[] = [];
    for (const stored of batch) {
      const event = decodeEvent(stored, caseAggregate.upcasts) as RecordedCaseEvent | undefined;
      if (event === undefined || event.meta.historical === true) continue;
      const caseId = event.stream.slice(CASE_STREAM_PREFIX.length);
      const history = histories.get(caseId) ?? (await readHistory(caseId));
      histories.set(caseId, history);
      notices.push(...this.noticesAbout(event, { caseId, history, place: placeOf(stored) }));
    }
    return notices;
  }

  private noticesAbout(event: RecordedCaseEvent, { caseId, history, place }: Stood): NewNotice[] {
    const { clock, secret, policyFor } = this.ports;
    const { pack, version } = event.meta.policy;
    const policy = policyFor(pack, version);
    const createdAt = laterOf(clock.now(), event.meta.recordedAt);
    const notices = new Map<string, NewNotice>();
    for (const { rule, to, facts } of causesIn(event, caseBehind(history, event.revision), policy)) {
      for (const recipient of new Set(to.flatMap((word) => this.people(word)))) {
        for (const channel of rule.channels) {
          const id = deriveId(secret, event.id, recipient, channel);
          // The first rule of the pack that tells somebody of something is the one that counts.
          if (notices.has(id)) continue;
          notices.set(id, {
            ...{ id, causeId: event.id, place, caseId, recipient, channel, facts, createdAt },
            ...{ rule: rule.id, template: rule.template, pack, packVersion: version, urgent: rule.urgent },
            dueAt: policy.notices!.notBefore(createdAt, rule.urgent),
          });
        }
      }
    }
    return [...notices.values()];
  }

  /** A post that nobody holds stands for itself, so that what was meant for it is not lost. */
  private people(word: string): readonly string[] {
    const people = this.ports.whoIs(word);
    return people.length > 0 ? people : [word];
  }
}

/** Positions of all stores are below 2^63. */
const DIGITS = 20;
const placeOf = ({ position, revision }: StoredEvent): string =>
  [position.commit, position.prepare, revision].map((number) => String(number).padStart(DIGITS, '0')).join('-');

/** A failure that comes while nobody waits is met by who waits next. */
function observed<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
