import { plusMs, type Clock, type Instant } from '#kernel';
import type { Jobs } from './port.js';
import { runJob, type Work } from './run-job.js';
import { WakingLoop } from './waking-loop.js';

const LOOK_AGAIN_MS = 1000;

export interface JobWorkerOptions extends Work {
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** The ledger itself failed. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/**
 * Has the jobs of a queue done. Of processes that share a ledger one starts; where something carries jobs, each of them
 * receives.
 */
export interface Worker {
  /** Begins to look for what is due, or goes on after a stop. */
  start(): void;
  /** A job may have been added. */
  arm(): void;
  /** Looks for nothing any more, after what is in hand. */
  stop(): Promise<void>;
  /** Begins to do what is carried here, whichever process found it due. */
  receive(): void;
  /** Ends it all, after what is in hand. */
  close(): Promise<void>;
}

/**
 * Does the jobs of one queue when they are due, one after the other, straight from the ledger. Of several processes whose
 * workers look there each job has one at a time.
 */
export class JobWorker implements Worker {
  private readonly loop: WakingLoop;

  constructor(private readonly options: JobWorkerOptions) {
    const { clock, onFailure } = options;
    this.loop = new WakingLoop({ clock, work: () => this.doWhatIsDue(), onFailure });
  }

  arm(): void {
    this.loop.arm();
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Nothing is carried: who looks does it. */
  receive(): void {}

  close(): Promise<void> {
    return this.stop();
  }

  private async doWhatIsDue(): Promise<Instant | undefined> {
    const { jobs, clock, queue } = this.options;
    const now = clock.now();
    while (!this.loop.isStopped) {
      const taken = await jobs.take(queue, now);
      if (taken === undefined) break;
      await runJob(taken, this.options, clock);
    }
    const next = await jobs.nextDue(queue);
    // What is due and could not be had is in somebody else's hands, who may die with it.
    return next === undefined || next > now ? next : plusMs(clock.now(), LOOK_AGAIN_MS);
  }
}
