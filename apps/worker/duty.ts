import { setTimeout as pause } from 'node:timers/promises';
import type { SqlWriter } from '#sql';

/** What can be begun again after it ended. */
export interface Work {
  start(): void;
  /** There may be something to do. */
  arm?(): void;
  /** Ends after what is in hand. */
  stop(): Promise<void>;
}

export interface DutyLog {
  info(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const RETRY_MS = 1_000;

/**
 * Work that one process at a time does. Where processes share a database, whoever holds the name there does it, and another
 * takes over when it ends or loses its session. Who lost it unawares may still send commands for a moment: they are
 * recognised (DESIGN "Leases").
 */
export class Duty {
  private isOn = false;
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    readonly name: string,
    private readonly work: Work,
    /** Undefined where there is one process only. */
    private readonly shared: Pick<SqlWriter, 'hold'> | undefined,
    private readonly log: DutyLog,
  ) {}

  start(): void {
    if (this.shared) this.running ??= this.takeTurns(this.shared);
    else this.begin();
  }

  /** Whether it is this process that does it. */
  get isOurs(): boolean {
    return this.isOn;
  }

  arm(): void {
    if (this.isOn) this.work.arm?.();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.end();
  }

  private begin(): void {
    this.isOn = true;
    this.work.start();
  }

  private async end(): Promise<void> {
    if (!this.isOn) return;
    this.isOn = false;
    await this.work.stop();
  }

  private async takeTurns(shared: Pick<SqlWriter, 'hold'>): Promise<void> {
    const { signal } = this.ending;
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    const facts = { duty: this.name };
    while (!signal.aborted) {
      try {
        const hold = await shared.hold([`duty ${this.name}`], () => undefined, signal);
        this.log.info(facts, 'this process has taken it over');
        this.begin();
        await Promise.race([hold.ended, ended]);
        // The next one begins when this one has let go.
        await this.end();
        await hold.release();
      } catch (error) {
        if (signal.aborted) return;
        this.log.error({ ...facts, error: (error as Error).message }, 'could not be taken over; trying again');
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
