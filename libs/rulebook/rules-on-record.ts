import { StreamNotFound, type EventReader, type StoredEvent, type Subscription } from '#event-store';
import { decodeEvent, plusMs, START, type Clock, type Position } from '#kernel';
import { inOrder, Register } from './register.js';

export interface RulesOnRecordPorts {
  readonly store: EventReader;
  readonly clock: Clock;
  readonly log: { readonly error: (error: unknown, message: string) => void };
}

const STREAMS = 'rulebook-streams';
const PREFIXES = ['calendar-', 'policy-'];
/** How long to leave a log alone that does not answer. */
const REST_MS = 1000;

/** Holidays and packs as they stand in the log, and what is published from now on: for all who read it, in any process. */
export class RulesOnRecord {
  readonly register = new Register();
  private readonly listeners = new Set<() => void>();
  private subscription: Subscription | undefined;
  private following: Promise<void> = Promise.resolve();
  private closed = false;
  private wake: () => void = () => undefined;

  constructor(private readonly ports: RulesOnRecordPorts) {}

  /** Takes in what the log holds. @throws WrongPack where a pack on record cannot be read */
  async readAll(): Promise<void> {
    const named = (await this.read(STREAMS)).flatMap((event) => decodeEvent(event, {}) ?? []);
    const streams = named.map(({ data }) => String(data['stream']));
    const events = await Promise.all(streams.map((stream) => this.read(stream)));
    for (const event of inOrder(events.flat())) this.register.take(event);
  }

  /** Follows the log behind a position until it is closed; what was read before is passed over. */
  follow(after: Position): void {
    this.following = this.run(after);
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
    this.closed = true;
    this.subscription?.close();
    this.wake();
    await this.following;
  }

  private async read(stream: string, from = 0): Promise<StoredEvent[]> {
    try {
      return await this.ports.store.readStream(stream, { from: BigInt(from) });
    } catch (error) {
      if (error instanceof StreamNotFound) return [];
      throw error;
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

  private async run(from: Position): Promise<void> {
    for (let after = from; !this.closed;) {
      try {
        this.subscription = this.ports.store.subscribeToAll({
          after: after === START ? 'start' : after,
          filter: { streamPrefixes: PREFIXES },
        });
        for await (const message of this.subscription) {
          if (message.kind === 'event') this.take(message.event);
          if (message.kind === 'event') after = message.event.position;
          if (message.kind === 'checkpoint') after = message.position;
        }
      } catch (error) {
        if (this.closed) return;
        this.ports.log.error(error, 'the rules lost the log and will try again');
        await this.rest();
      }
    }
  }

  private rest(): Promise<void> {
    const { clock } = this.ports;
    return new Promise((resolve) => {
      const cancel = clock.wakeAt(plusMs(clock.now(), REST_MS), resolve);
      this.wake = () => (cancel(), resolve());
    });
  }
}
