import { plusMs, type Clock } from '#kernel';
import type { Subscription } from './port.js';

export interface FollowingOptions {
  readonly clock: Clock;
  /** Subscribes where the log was left: asked for at the start, and again after a failure or `renew`. */
  readonly subscribe: () => Subscription | Promise<Subscription>;
  /** Takes what comes, until the subscription ends. What it throws, it meets again where `subscribe` begins. */
  readonly take: (subscription: Subscription) => Promise<void>;
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** How long to leave alone what failed, or a log that does not answer. */
const REST_MS = 1000;

/** Follows the log until it is stopped; what fails is tried again after a rest. */
export class Following {
  private subscription: Subscription | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = true;
  private endRest: () => void = () => undefined;

  constructor(private readonly options: FollowingOptions) {}

  /** Goes on where the log was left, also after a stop. */
  start(): void {
    this.stopped = false;
    this.running = this.run();
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Subscribes anew behind what was taken: something else is to be followed. */
  renew(): void {
    this.subscription?.close();
  }

  /** Ends after what is in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.subscription?.close();
    this.endRest();
    await this.running;
  }

  private async run(): Promise<void> {
    const { subscribe, take, onFailure } = this.options;
    while (!this.stopped) {
      try {
        this.subscription = await subscribe();
        // It may have been stopped while it looked where it was.
        if (!this.stopped) await take(this.subscription);
      } catch (error) {
        onFailure?.(error);
        await this.rest();
      } finally {
        this.subscription?.close();
      }
    }
  }

  private async rest(): Promise<void> {
    if (this.stopped) return;
    const { clock } = this.options;
    await new Promise<void>((resolve) => {
      const cancel = clock.wakeAt(plusMs(clock.now(), REST_MS), resolve);
      this.endRest = () => (cancel(), resolve());
    });
  }
}
