import { plusMs, type Clock, type Instant } from '#kernel';
import type { Job, Jobs } from './port.js';
import { WakingLoop } from './waking-loop.js';

const BATCH = 50;

/** How a failed job is tried again: after `firstMs`, each time twice as long, at most `mostMs`; dead after `attempts`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly attempts: number;
}

export interface JobWorkerOptions {
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly queue: string;
  readonly backoff: Backoff;
  /** At least once: after a crash it may be asked for what it has done already. */
  readonly work: (job: Job) => Promise<void>;
  readonly onFailed?: ((job: Job, failure: { readonly error: string; readonly dead: boolean }) => void) | undefined;
  /** The ledger itself failed. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** Does the jobs of one queue when they are due, one after the other. */
export class JobWorker {
  private readonly loop: WakingLoop;

  constructor(private readonly options: JobWorkerOptions) {
    const { clock, onFailure } = options;
    this.loop = new WakingLoop({ clock, work: () => this.doWhatIsDue(), onFailure });
  }

  /** Call it at the start, and when a job was added. */
  arm(): void {
    this.loop.arm();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async doWhatIsDue(): Promise<Instant | undefined> {
    const { jobs, clock, queue } = this.options;
    for (const job of await jobs.due(queue, clock.now(), BATCH)) {
      if (this.loop.isStopped) break;
      await this.doOne(job);
    }
    return jobs.nextDue(queue);
  }

  private async doOne(job: Job): Promise<void> {
    const { jobs, work, onFailed } = this.options;
    try {
      await work(job);
    } catch (thrown) {
      const error = codeOf(thrown);
      const retryAt = this.retryAt(job);
      await jobs.failed(job.id, { error, ...(retryAt !== undefined && { retryAt }) });
      onFailed?.(job, { error, dead: retryAt === undefined });
      return;
    }
    await jobs.done(job.id);
  }

  private retryAt({ failures }: Job): Instant | undefined {
    const { clock, backoff } = this.options;
    if (failures + 1 >= backoff.attempts) return undefined;
    return plusMs(clock.now(), Math.min(backoff.mostMs, backoff.firstMs * 2 ** failures));
  }
}

/** Codes only: the message of a failure may repeat an address or a text. */
function codeOf(thrown: unknown): string {
  const { code, name } = (thrown ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' && code !== '' ? code : typeof name === 'string' ? name : 'UNKNOWN';
}
