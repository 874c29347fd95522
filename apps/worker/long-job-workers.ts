import {
  PutDown,
  RunOver,
  Unrecoverable,
  WakingLoop,
  workersOn,
  type Carrier,
  type Job,
  type LongJob,
  type LongRun,
  type Worker,
} from '#jobs';
import { plusMs, type Instant, type JsonObject, type Json } from '#kernel';
import type { Work } from './duty.js';
import { FAILURE, KEPT_MS, type LongJobDesk } from './long-job-desk.js';

const BACKOFF = { firstMs: 5_000, mostMs: 10 * 60_000, attempts: 10 };
/** One of a kind at a time in a process: each is many commands, or reads the whole log. */
const AT_ONCE = 1;
const REMOVED_AT_ONCE = 100;

/** What comes of a stretch of the work, by the name of its results. */
export interface Result {
  readonly name: string;
  readonly n: number;
  readonly value: Json;
}

/** A long job in hand: how far it was, and how to say how far it is. */
export interface InHand {
  readonly job: LongJob;
  /** Whether it was begun before, and may have done more than its progress says. */
  readonly isResumed: boolean;
  /**
   * Keeps how far it has come: what was done until here is not done again.
   * @throws RunOver, PutDown: it ends here, and the work lets them pass
   */
  checkpoint(progress: JsonObject, results?: readonly Result[]): Promise<void>;
}

/** How long jobs of a kind are done. */
export interface LongJobKind {
  readonly kind: string;
  /** @returns its last progress @throws Unrecoverable where trying again helps nothing; anything else is tried again */
  work(inHand: InHand): Promise<JsonObject>;
}

export interface WorkersParts {
  readonly desk: LongJobDesk;
  readonly carrier: Carrier | undefined;
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void };
}

/** Does long jobs, and removes what expired. Of processes that share a ledger one looks; where they are carried, all do them. */
export class LongJobWorkers implements Work {
  private readonly workers: readonly Worker[];
  private readonly sweeper: WakingLoop;
  private ending = new AbortController();
  private readonly unhear: () => void;
  private readonly telling = new Set<Promise<void>>();

  constructor(
    private readonly parts: WorkersParts,
    kinds: readonly LongJobKind[],
  ) {
    const { desk, carrier, log } = parts;
    const { ledger, clock } = desk.parts;
    const onFailure = (error: unknown): void => log.error({ err: error }, 'long jobs failed and will go on');
    const start = workersOn(carrier, AT_ONCE);
    this.workers = kinds.map((kind) =>
      start({
        ...{ queue: kind.kind, jobs: ledger.jobs, clock, backoff: BACKOFF, onFailure },
        work: (job) => this.work(kind, job),
        onFailed: (job, failure) => this.failed(job, failure),
        onPutDown: () => this.tellOthers(),
      }),
    );
    this.sweeper = new WakingLoop({ clock, work: () => this.removeExpired(), onFailure });
    this.unhear = ledger.onChanged(() => this.arm());
  }

  start(): void {
    if (this.ending.signal.aborted) this.ending = new AbortController();
    for (const it of [...this.workers, this.sweeper]) it.start();
  }

  arm(): void {
    for (const it of [...this.workers, this.sweeper]) it.arm();
  }

  /** Where jobs are carried, what is in hand here goes on: only looking for them is somebody else's now. */
  async stop(): Promise<void> {
    if (this.parts.carrier === undefined) this.ending.abort();
    await Promise.all([...this.workers, this.sweeper].map((it) => it.stop()));
  }

  /** Does what is carried to this process. */
  receive(): void {
    for (const worker of this.workers) worker.receive();
  }

  /** What is in hand is put down where it stands, for another process or the next start. */
  async close(): Promise<void> {
    this.unhear();
    this.ending.abort();
    await this.sweeper.stop();
    await Promise.all(this.workers.map((worker) => worker.close()));
    await Promise.all(this.telling);
  }

  private async work(kind: LongJobKind, { id }: Job): Promise<void> {
    const { longJobs } = this.parts.desk.parts.ledger;
    const run = await longJobs.begin(id);
    // It was cancelled, or is done: whoever did it died before the ledger said so.
    if (run === undefined) return;
    try {
      const progress = await kind.work(this.inHand(run));
      await longJobs.finish(run, progress, this.parts.desk.over());
      await this.parts.desk.parts.vault.destroy([run.job.inputKey]);
      this.tellOthers();
    } catch (error) {
      if (error instanceof Unrecoverable) await this.explain(run, error);
      if (!(error instanceof RunOver)) throw error;
      const isCancelled = (await longJobs.get(id))?.state !== 'running';
      if (!isCancelled) throw new PutDown();
    }
  }

  private inHand(run: LongRun): InHand {
    const { signal } = this.ending;
    const { job } = run;
    const { desk } = this.parts;
    return {
      job,
      isResumed: run.run > 1,
      checkpoint: async (progress, results = []) => {
        const pieces = [];
        for (const { name, n, value } of results) {
          pieces.push({ name, n, bytes: await desk.pieces.sealJson(job.resultKey, { jobId: job.id, name, n }, value) });
        }
        await desk.parts.ledger.longJobs.checkpoint(run, progress, pieces);
        if (signal.aborted) throw new PutDown();
      },
    };
  }

  private async explain({ job }: LongRun, { message }: Unrecoverable): Promise<void> {
    const { pieces, parts } = this.parts.desk;
    const name = { name: FAILURE, n: 0 };
    const bytes = await pieces.sealJson(job.resultKey, { jobId: job.id, ...name }, message);
    await parts.ledger.longJobs.put(job.id, { ...name, bytes });
  }

  private failed({ id, queue, failures }: Job, { error, dead }: { error: string; dead: boolean }): void {
    const { log, desk } = this.parts;
    const facts = { job: id, queue, error, failures: failures + 1 };
    if (dead) log.error(facts, 'a long job failed and is not tried again by itself: redress jobs retry');
    else log.warn(facts, 'a long job failed and will be tried again');
    const { ledger, clock } = desk.parts;
    const kept = dead ? ledger.longJobs.keepUntil(id, plusMs(clock.now(), KEPT_MS)) : Promise.resolve();
    this.background(kept.then(() => ledger.changed()));
  }

  /** Who looks for what is due, or for what expires, may be another process. */
  private tellOthers(): void {
    this.background(this.parts.desk.parts.ledger.changed());
  }

  private background(work: Promise<void>): void {
    const told = work
      .catch((error: unknown) => this.parts.log.error({ err: error }, 'the ledger of jobs could not be told'))
      .finally(() => this.telling.delete(told));
    this.telling.add(told);
  }

  private async removeExpired(): Promise<Instant | undefined> {
    const { ledger, vault, clock } = this.parts.desk.parts;
    while (!this.sweeper.isStopped) {
      const expired = await ledger.longJobs.expired(clock.now(), REMOVED_AT_ONCE);
      if (expired.length === 0) break;
      // Keys first: what a crash leaves is found again.
      await vault.destroy(expired.flatMap(({ inputKey, resultKey }) => [inputKey, resultKey]));
      for (const { id } of expired) await ledger.longJobs.remove(id);
    }
    return ledger.longJobs.nextExpiry();
  }
}
