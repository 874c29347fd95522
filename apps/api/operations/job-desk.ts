import type { Job, JobCount, JobFilter, Jobs } from '#jobs';
import { refuse, type Clock, type Refusal } from '#kernel';

/** A job as it is shown: what its data name is read where it belongs. */
export type ShownJob = Omit<Job, 'data'>;

/** What operators see of the jobs of all queues, and what they can do about them. */
export class JobDesk {
  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    /** Tells whoever looks for what is due. */
    private readonly revived: () => Promise<void>,
  ) {}

  /** The latest due first. */
  async list(filter: JobFilter, limit: number): Promise<ShownJob[]> {
    return (await this.jobs.list(filter, limit)).map(({ data: _, ...shown }) => shown);
  }

  /** Of those that are not done. */
  counts(): Promise<readonly JobCount[]> {
    return this.jobs.counts();
  }

  /** Has dead jobs tried again now: one, else all of a queue, else all of them. JOB_UNKNOWN, JOB_NOT_DEAD */
  async retry({
    id,
    queue,
  }: {
    id?: string | undefined;
    queue?: string | undefined;
  }): Promise<{ readonly retried: number } | Refusal> {
    const now = this.clock.now();
    const retried = id === undefined ? await this.jobs.reviveAll(queue, now) : Number(await this.jobs.revive(id, now));
    if (id !== undefined && retried === 0) {
      return refuse((await this.jobs.get(id)) ? 'JOB_NOT_DEAD' : 'JOB_UNKNOWN', { jobId: id });
    }
    if (retried > 0) await this.revived();
    return { retried };
  }
}
