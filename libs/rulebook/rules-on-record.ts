import { Following, orNone, type EventReader, type StoredEvent, type Subscription } from '#event-store';
import { decodeEvent, START, type Clock, type Position } from '#kernel';
import { inOrder, Register } from './register.js';

export interface RulesOnRecordPorts {
  readonly store: EventReader;
  readonly clock: Clock;
  readonly log: { readonly error: (error: unknown, message: string) => void };
}

const STREAMS = 'rulebook-streams';
const PREFIXES = ['calendar-', 'policy-'];

/** Holidays and packs as they stand in the log, and what is published from now on: for all who read it, in any process. */
export class RulesOnRecord {
  readonly register = new Register();
  private readonly listeners = new Set<() => void>();
  /** Up to where the log was followed. */
  private passed: Position = START;
  private readonly following: Following;

  constructor(private readonly ports: RulesOnRecordPorts) {
    this.following = new Following({
      clock: ports.clock,
      subscribe: () =>
        ports.store.subscribeToAll({
          after: this.passed === START ? 'start' : this.passed,
          filter: { streamPrefixes: PREFIXES },
        }),
      take: (subscription) => this.takeAll(subscription),
      // A log that ends while nobody follows it any more has not failed.
      onFailure: (error) =>
        this.following.isStopped || ports.log.error(error, 'the rules lost the log and will try again'),
    });
  }

  /** Takes in what the log holds. @throws WrongPack where a pack on record cannot be read */
  async readAll(): Promise<void> {
    const named = (await this.read(STREAMS)).flatMap((event) => decodeEvent(event, {}) ?? []);
    const streams = named.map(({ data }) => String(data['stream']));
    const events = await Promise.all(streams.map((stream) => this.read(stream)));
    for (const event of inOrder(events.flat())) this.register.take(event);
  }

  /** Follows the log behind a position until it is closed; what was read before is passed over. */
  follow(after: Position): void {
    this.passed = after;
    this.following.start();
  }

  /** Takes in what is new in a stream at once: who publishes does not wait to hear of it from the log. */
  async refresh(stream: string): Promise<void> {
    for (const event of await this.read(stream, this.register.takenOf(stream) + 1)) this.take(event);
  }

  /** Calls back when something was published, here or by another process. @returns how to end that */
  onPublished(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.following.stop();
  }

  private read(stream: string, from = 0): Promise<StoredEvent[]> {
    return orNone(this.ports.store.readStream(stream, { from: BigInt(from) }));
  }

  private async takeAll(subscription: Subscription): Promise<void> {
    for await (const message of subscription) {
      if (message.kind === 'event') this.take(message.event);
      if (message.kind === 'event') this.passed = message.event.position;
      if (message.kind === 'checkpoint') this.passed = message.position;
    }
  }

  private take(event: StoredEvent): void {
    try {
      if (!this.register.take(event)) return;
    } catch (error) {
      // Another engine published what this one cannot read: cases under it wait for an upgrade, all others go on.
      this.ports.log.error(error, `a rule in ${event.stream} cannot be read by this engine: upgrade it`);
    }
    for (const listener of this.listeners) listener();
  }
}
