import { Following, type EventReader, type StoredEvent, type Subscription } from '#event-store';
import type { Clock, Position } from '#kernel';

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

/** The checkpoint is written when something was done, or after so many events looked at. */
const SAVE_EVERY = 1000;

/** Follows the log from where it stood, event by event; what fails is met again behind the checkpoint after a rest. */
export class LogFollower {
  private readonly following: Following;

  constructor(
    private readonly ports: FollowPorts,
    private readonly followed: Followed,
  ) {
    const { clock, onFailure } = ports;
    this.following = new Following({
      clock,
      subscribe: () => this.subscribe(),
      take: (subscription) => this.takeAll(subscription),
      onFailure,
    });
  }

  /** Goes on where the checkpoint stands, also after a stop. */
  start(): void {
    this.following.start();
  }

  /** Ends after the event in hand. */
  stop(): Promise<void> {
    return this.following.stop();
  }

  private async subscribe(): Promise<Subscription> {
    const { reader, checkpoint } = this.ports;
    const { streamPrefixes, types } = this.followed;
    const filter = { streamPrefixes: [...streamPrefixes], typeExpression: new RegExp(`^(?:${types.join('|')})$`) };
    return reader.subscribeToAll({ after: await checkpoint.read(), filter });
  }

  private async takeAll(subscription: Subscription): Promise<void> {
    let unsaved = 0;
    for await (const message of subscription) {
      if (message.kind !== 'event') continue;
      const done = await this.followed.take(message.event);
      unsaved = done ? SAVE_EVERY : unsaved + 1;
      if (unsaved < SAVE_EVERY) continue;
      await this.ports.checkpoint.write(message.event.position);
      unsaved = 0;
    }
  }
}
