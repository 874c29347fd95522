import type { EventStoreError } from '../../errors.js';
import type { Links } from '../links.js';
import { Consumer, type ConsumerConnection } from './consumer.js';
import { Intake } from './intake.js';
import type { GroupDefinition } from './definition.js';
import type { GroupStreams } from './group-streams.js';
import { messageId, type Message } from './message.js';
import { Progress } from './progress.js';
import type { Source } from './source.js';
import { Consumers } from './strategies.js';
import { Throughput, type Measured } from './throughput.js';

export type NackAction = 'park' | 'retry' | 'skip' | 'stop';

interface Outstanding {
  readonly message: Message;
  readonly consumer: Consumer;
  readonly expiresMs: number;
}

export interface GroupParts {
  readonly source: Source;
  readonly streams: GroupStreams;
  readonly links: Links;
  readonly now: () => number;
  readonly onFault: (error: unknown) => void;
}

/** Pages that are read in one go before others of the thread get their turn. */
const PAGES_PER_TURN = 50;

/**
 * A persistent subscription (EVENT_STORE.md 20): what the source has goes to one of the consumers, comes back where it is not
 * acknowledged, and is parked where it comes back too often.
 */
export class Group {
  private readonly consumers: Consumers;
  private readonly progress: Progress;
  private readonly outstanding = new Map<string, Outstanding>();
  private readonly intake: Intake;
  private retries: Message[] = [];
  private resuming = false;
  private closed = false;
  readonly throughput: Throughput;

  constructor(
    readonly definition: GroupDefinition,
    private readonly parts: GroupParts,
    from: { readonly after: number; readonly isCheckpoint: boolean },
  ) {
    const { settings, startFrom } = definition;
    this.consumers = new Consumers(settings.strategy, parts.links);
    this.throughput = new Throughput(parts.now());
    this.progress = new Progress(settings, parts, from.after, from.isCheckpoint);
    const fromEnd = startFrom === 'end' && !from.isCheckpoint;
    this.intake = new Intake(definition, parts, this.progress, fromEnd);
  }

  get all(): readonly Consumer[] {
    return this.consumers.all;
  }

  get counts() {
    const { intake, retries, outstanding, progress } = this;
    return {
      waiting: intake.waiting.length,
      live: intake.liveCount,
      retries: retries.length,
      outstanding: outstanding.size,
      parked: this.parts.streams.parkedCount(),
      /** The last place that is known of. */
      known: intake.lastKnown,
      checkpointed: progress.checkpointed,
      isLive: intake.isLive,
    };
  }

  /** How fast it has been, all together and each consumer, since somebody asked. */
  measure(): { readonly group: Measured; readonly consumers: readonly Measured[] } {
    const nowMs = this.parts.now();
    return {
      group: this.throughput.measure(nowMs),
      consumers: this.all.map(({ throughput }) => throughput.measure(nowMs)),
    };
  }

  /** As EventStoreDB writes a place. */
  textOf(place: number): string {
    return this.parts.source.text(place);
  }

  get isFull(): boolean {
    const { maxSubscriberCount } = this.definition.settings;
    return maxSubscriberCount !== 0 && this.all.length >= maxSubscriberCount;
  }

  connect(connection: ConsumerConnection): Consumer {
    const consumer = new Consumer(connection, this.parts.now, this.definition.settings.extraStatistics);
    this.consumers.add(consumer);
    this.pump();
    return consumer;
  }

  /** What was with it goes to others. */
  disconnect(consumer: Consumer): void {
    if (!this.consumers.remove(consumer)) return;
    const lost = [...consumer.inFlight.values()].sort((a, b) => a.original[0] - b.original[0]);
    for (const message of lost) this.retry(message);
    this.pump();
  }

  ack(ids: readonly string[]): void {
    for (const id of ids) this.settle(id);
    this.progress.mark(false);
    this.pump();
  }

  nack(ids: readonly string[], action: NackAction, reason: string): void {
    for (const id of ids) {
      const message = this.outstanding.get(id)?.message;
      if (message === undefined) continue;
      if (action === 'park') this.park(message, `Client explicitly NAK'ed message.\n${reason}`);
      else if (action === 'retry') this.retryOrPark(message);
      else this.settle(id);
    }
    this.progress.mark(false);
    this.pump();
  }

  /** Parked events go out again, those below the revision of the parked stream. */
  async replayParked(stopAt: number): Promise<void> {
    const rows = this.parts.streams.parked(stopAt);
    const last = rows.at(-1);
    if (last === undefined) return;
    for (const row of rows) {
      this.retries.push({ delivery: this.parts.links.resolve(row), original: row, retryCount: 0 });
    }
    this.pump();
    await this.parts.streams.forgetParkedUpTo(last[2]);
  }

  /** Time goes on: what nobody acknowledged in time is sent again. */
  tick(): void {
    const nowMs = this.parts.now();
    for (const { message, expiresMs } of [...this.outstanding.values()]) {
      if (expiresMs <= nowMs) this.retryOrPark(message);
    }
    this.progress.mark(true);
    this.pump();
  }

  /** Gives to consumers what they have room for, and reads on. */
  pump(): void {
    if (this.resuming || this.closed) return;
    for (let page = 0; ; page++) {
      this.retries = this.push(this.retries);
      this.intake.waiting = this.push(this.intake.waiting);
      if (!this.intake.read(this.retries.length)) return;
      if (page === PAGES_PER_TURN) return this.resume();
    }
  }

  /** Ends with all consumers told why. */
  close(reason: EventStoreError): void {
    this.closed = true;
    for (const { connection } of [...this.all]) connection.drop(reason);
  }

  /** A checkpoint that is being written is on disk. */
  checkpointWritten(): Promise<void> {
    return this.progress.written;
  }

  /** Writes down how far all was settled, whatever the settings say of how often. */
  flush(): Promise<void> {
    return this.progress.flush();
  }

  private resume(): void {
    this.resuming = true;
    setImmediate(() => {
      this.resuming = false;
      this.pump();
    });
  }

  /** @returns what nobody had room for */
  private push(messages: readonly Message[]): Message[] {
    const kept: Message[] = [];
    for (const [index, message] of messages.entries()) {
      // Consumers answer with ids: of two events with one id the second waits for what becomes of the first.
      if (this.outstanding.has(messageId(message))) {
        kept.push(message);
        continue;
      }
      const pushed = this.consumers.push(message);
      if (pushed === 'full') return [...kept, ...messages.slice(index)];
      if (pushed === 'skipped') {
        kept.push(message);
        continue;
      }
      this.throughput.total++;
      const { messageTimeoutMs } = this.definition.settings;
      const expiresMs = this.parts.now() + messageTimeoutMs;
      this.outstanding.set(messageId(message), { message, consumer: pushed.to, expiresMs });
    }
    return kept;
  }

  private settle(id: string): void {
    const message = this.release(id);
    if (message?.sequence !== undefined) this.progress.settle(message.sequence);
  }

  /** Takes it from its consumer. */
  private release(id: string): Message | undefined {
    const found = this.outstanding.get(id);
    if (found === undefined) return undefined;
    this.outstanding.delete(id);
    found.consumer.release(id);
    return found.message;
  }

  private retryOrPark(message: Message): void {
    const { maxRetryCount } = this.definition.settings;
    if (message.retryCount >= maxRetryCount) this.park(message, `Reached retry count of ${maxRetryCount}`);
    else this.retry(message);
  }

  private retry(message: Message): void {
    this.release(messageId(message));
    const again = { ...message, retryCount: message.retryCount + 1 };
    const later = isReplayed(again)
      ? -1
      : this.retries.findIndex((other) => !isReplayed(other) && isBefore(again, other));
    this.retries.splice(later < 0 ? this.retries.length : later, 0, again);
  }

  /** It is settled when it is parked on disk; where that fails it goes out again. */
  private park(message: Message, reason: string): void {
    this.release(messageId(message));
    this.parts.streams.park(message, reason, this.parts.now()).then(
      () => {
        if (message.sequence !== undefined) this.progress.settle(message.sequence);
        if (!this.closed) this.progress.mark(false);
      },
      (error: unknown) => {
        this.parts.onFault(error);
        if (!this.closed) this.retries.push(message);
      },
    );
  }
}

const isReplayed = ({ sequence }: Message): boolean => sequence === undefined;
const isBefore = (a: Message, b: Message): boolean => a.original[0] < b.original[0];
