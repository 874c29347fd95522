import { plusMs, type Clock, type Instant } from '#kernel';

/** After a failure: so that nothing spins while a store or a server is gone. */
const REST_MS = 1000;

export interface WakingLoopOptions {
  readonly clock: Clock;
  /** Does what there is to do. @returns when there will be more to do; undefined: when it is armed again */
  readonly work: () => Promise<Instant | undefined>;
  /** It is tried again after a rest. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** Sleeps until the instant that its work named last, or until it is armed. It polls nothing. */
export class WakingLoop {
  private cancelWake: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly options: WakingLoopOptions) {}

  /** There may be something to do. */
  arm(): void {
    if (this.stopped) return;
    this.again = true;
    // Work that arms its own loop must find it running.
    this.running ??= Promise.resolve()
      .then(() => this.run())
      .finally(() => {
        this.running = undefined;
        // An arming between the last look and this moment must not be lost.
        if (this.again) this.arm();
      });
  }

  /** Goes on after a stop. */
  start(): void {
    this.stopped = false;
    this.arm();
  }

  /** Resolves when there is nothing under way. */
  async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  /** For work that is long: whether it should end where it can. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Ends after what it is doing. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.again = false;
    this.cancelWake();
    await this.running;
  }

  private async run(): Promise<void> {
    const { clock, work, onFailure } = this.options;
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        // While time cannot be trusted nothing is due (EVENTS.md 19).
        if (clock.suspended === undefined) this.sleepUntil(await work());
        else this.sleepUntil(plusMs(clock.now(), REST_MS));
      } catch (error) {
        onFailure?.(error);
        this.sleepUntil(plusMs(clock.now(), REST_MS));
      }
    }
  }

  private sleepUntil(at: Instant | undefined): void {
    this.cancelWake();
    if (at === undefined || this.stopped) return;
    this.cancelWake = this.options.clock.wakeAt(at, () => this.arm());
  }
}
