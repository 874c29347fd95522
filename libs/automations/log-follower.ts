import type { EventReader, StoredEvent, Subscription } from '#event-store';
import { plusMs, type Clock, type Position } from '#kernel';

export interface FollowPorts {
  readonly clock: Clock;
  readonly reader: EventReader;
  /** How far the log was followed. Lost it costs time and nothing else: what was done is recognised. */
  readonly checkpoint: {
    read(): Position | 'start' | Promise<Position | 'start'>;
    write(reached: Position): void | Promise<void>;
  };
  readonly onFailure?: (error: unknown) => void;
}

export interface Followed {
  readonly streamPrefixes: readonly string[];
  readonly types: readonly string[];
  /** Does what follows from an event, as often as need be. @returns whether anything was to be done */
  take(event: StoredEvent): Promise<boolean>;
}

const REST_MS = 1000;
/** The checkpoint is written when something was done, or after so many events looked at. */
const SAVE_EVERY = 1000;

/** Follows the log from where it stood, event by event; what fails is met again behind the checkpoint after a rest. */
export class LogFollower {
  private subscription: Subscription | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private endRest: () => void = () => undefined;

  constructor(
    private readonly ports: FollowPorts,
    private readonly followed: Followed,
  ) {}

  /** Goes on where the checkpoint stands, also after a stop. */
  start(): void {
    this.stopped = false;
    this.running = this.run();
  }

  /** Ends after the event in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.subscription?.close();
    this.endRest();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.follow();
      } catch (error) {
        this.ports.onFailure?.(error);
        await this.rest();
      }
    }
  }

  private async follow(): Promise<void> {
    const { reader, checkpoint } = this.ports;
    const { streamPrefixes, types, take } = this.followed;
    const filter = { streamPrefixes: [...streamPrefixes], typeExpression: new RegExp(`^(?:${types.join('|')})$`) };
    this.subscription = reader.subscribeToAll({ after: await checkpoint.read(), filter });
    let unsaved = 0;
    for await (const message of this.subscription) {
      if (message.kind !== 'event') continue;
      const done = await take(message.event);
      unsaved = done ? SAVE_EVERY : unsaved + 1;
      if (unsaved < SAVE_EVERY) continue;
      await checkpoint.write(message.event.position);
      unsaved = 0;
    }
  }

  private async rest(): Promise<void> {
    if (this.stopped) return;
    const { clock } = this.ports;
    await new Promise<void>((resolve) => {
      const cancel = clock.wakeAt(plusMs(clock.now(), REST_MS), resolve);
      this.endRest = () => (cancel(), resolve());
    });
  }
}
