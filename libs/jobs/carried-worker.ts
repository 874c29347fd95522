import { plusMs, type Instant } from '#kernel';
import type { Carrier, Receiver } from './carrier.js';
import { JobWorker, type JobWorkerOptions, type Worker } from './job-worker.js';
import type { Carried } from './port.js';
import { runJob } from './run-job.js';
import { WakingLoop } from './waking-loop.js';

/** So many are handed over at a time. */
const BATCH = 1000;
/** A job that was carried and is not done is carried again after this long; one that is on its way yet is not added twice. */
const AGAIN_MS = 60_000;

export interface CarriedWorkerOptions extends JobWorkerOptions {
  readonly carrier: Carrier;
  /** How many jobs this process does at a time. */
  readonly concurrency: number;
}

/**
 * Does the jobs of one queue in as many processes as there are: what is due in the ledger is carried to whoever is free,
 * who takes it from the ledger and writes there what became of it. Retries and what was lost on the way come from the
 * ledger again, so the carrier needs no delays, no attempts and no memory.
 */
export class CarriedWorker implements Worker {
  private readonly loop: WakingLoop;
  private receiver: Receiver | undefined;
  private unhear: () => void = () => undefined;
  /** What was carried before this process began may be lost, too. */
  private isLost = true;

  constructor(private readonly options: CarriedWorkerOptions) {
    const { clock, onFailure } = options;
    this.loop = new WakingLoop({ clock, work: () => this.carryWhatIsDue(), onFailure });
  }

  start(): void {
    this.unhear();
    this.unhear = this.options.carrier.onLost(() => {
      this.isLost = true;
      this.loop.arm();
    });
    this.isLost = true;
    this.loop.start();
  }

  arm(): void {
    this.loop.arm();
  }

  stop(): Promise<void> {
    this.unhear();
    return this.loop.stop();
  }

  receive(): void {
    const { carrier, queue, concurrency } = this.options;
    this.receiver ??= carrier.receive(queue, concurrency, (name) => this.doOne(carriedIn(name)));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.receiver?.stop();
  }

  private async carryWhatIsDue(): Promise<Instant | undefined> {
    const { jobs, clock, queue, carrier } = this.options;
    if (this.isLost) {
      await jobs.carryAnew(queue);
      this.isLost = false;
    }
    const now = clock.now();
    while (!this.loop.isStopped) {
      const carried = await jobs.carry(queue, now, plusMs(now, AGAIN_MS), BATCH);
      if (carried.length > 0) await carrier.send(queue, carried.map(nameOf));
      if (carried.length < BATCH) break;
    }
    return jobs.nextCarry(queue);
  }

  private async doOne(carried: Carried): Promise<void> {
    const { jobs, clock, queue, onFailed } = this.options;
    // While time cannot be trusted nothing is due (EVENTS.md 19); it is carried again.
    if (clock.suspended !== undefined) return;
    const taken = await jobs.takeCarried(queue, carried);
    // It was done already, or somebody has it: it came twice.
    if (taken === undefined) return;
    const told: typeof onFailed = (job, failure) => {
      this.loop.arm();
      onFailed?.(job, failure);
    };
    await runJob(taken, { ...this.options, onFailed: told }, clock);
  }
}

/** Instants have no space in them. */
const nameOf = ({ id, dueAt }: Carried): string => `${dueAt} ${id}`;

function carriedIn(name: string): Carried {
  const space = name.indexOf(' ');
  return { dueAt: name.slice(0, space), id: name.slice(space + 1) };
}

export type StartWorker = (options: JobWorkerOptions) => Worker;

/** How the jobs of this process are done: by the carrier where there is one, else straight from the ledger. */
export const workersOn =
  (carrier: Carrier | undefined, concurrency: number): StartWorker =>
  (options) =>
    carrier === undefined ? new JobWorker(options) : new CarriedWorker({ ...options, carrier, concurrency });
