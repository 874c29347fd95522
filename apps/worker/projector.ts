import { Worker } from 'node:worker_threads';
import { comparePositions, START, type Position } from '#kernel';
import type { LostKey } from '#privacy';
import type { ProjectionStatus, RunnerLog, RunnerStatus, SqlPlace } from '#sql';
import { viewsPlace } from './views-place.js';
import type { Failure, Notice, Order, ProjectorData } from './messages.js';

export interface ProjectorOptions {
  /** The data folder: the keys are read from it, and the log unless it is elsewhere. */
  readonly folder: string;
  /** The EventStoreDB that keeps the log, instead of `log.db` in the folder; then the keys are in PostgreSQL, too. */
  readonly eventStoreUrl?: string | undefined;
  /** The PostgreSQL that keeps the views, instead of `views.db` in the folder. */
  readonly databaseUrl?: string | undefined;
  /** Where the views are kept, if not where they are by the above: for a rebuild beside them. */
  readonly views?: SqlPlace;
  /** `SqlWriter.process`, where other processes read the views and keep shares of them: see `followProjector`. */
  readonly process?: string | undefined;
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /** Where the erasure ledger is, if not in the folder. */
  readonly ledgerFile?: string;
  readonly log?: RunnerLog;
  /** KEY_LOST: a part cannot be opened though nobody erased it (EVENTS.md 8). */
  readonly onLost?: (lost: LostKey) => void;
}

export interface ProjectorAdvance {
  /** How far all views have come. */
  readonly position: Position;
  /** The cases whose rows may have changed since the last notice. */
  readonly caseIds: readonly string[];
}

/** The thread did not start or has ended. `code` is that of the cause, e.g. `CHECKPOINT_AHEAD`. */
export class ProjectorFailed extends Error {
  readonly code: string | undefined;

  constructor({ message, code }: Failure) {
    super(message);
    this.code = code;
  }
}

/** The projections, seen from the main thread. */
export interface Projector {
  /** @returns whether all views came this far in time; those that are stopped are not waited for */
  waitFor(position: Position, timeoutMs: number): Promise<boolean>;
  /** Calls back after every committed batch. @returns how to stop it */
  onAdvance(listener: (advance: ProjectorAdvance) => void): () => void;
  /** As of the last work that was done, at most a fifth of a second old while there is work. */
  status(): readonly ProjectionStatus[];
  /** Calls back whenever `status` is another. @returns how to stop it */
  onStatus(listener: () => void): () => void;
  /** Why the projections stand still, while they do: they try again, but for the end of the thread. */
  failure(): string | undefined;
  /** Builds a view anew beside the live one. Resolves when readers see it. @throws ProjectorFailed UNKNOWN_PROJECTION */
  rebuild(name: string): Promise<void>;
  /** Tries again what is parked or stopped. @returns how many partitions went through */
  retry(name: string, partition?: string): Promise<number>;
  /** Ends after the batch in hand. */
  stop(): Promise<void>;
}

/** Batches leave much behind: without bounds the heap grows to what the machine has before anything is collected. */
const MEMORY = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 256 };

/**
 * Starts the projections in a thread of their own; it may wait there for somebody who wants nobody to keep the views.
 * @throws ProjectorFailed e.g. CHECKPOINT_AHEAD, VIEWS_OF_ANOTHER_LOG
 */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const { folder, masterKey, ledgerFile, eventStoreUrl, databaseUrl } = options;
  const keys = { folder, eventStoreUrl, databaseUrl };
  const place = options.views ?? viewsPlace(folder, databaseUrl);
  const { process } = options;
  const workerData: ProjectorData = { folder, masterKey, ledgerFile, eventStoreUrl, keys, place, process };
  const worker = new Worker(new URL('./projector-thread.js', import.meta.url), { workerData, resourceLimits: MEMORY });
  const handle = new ProjectorHandle(worker, options);
  await handle.started;
  return handle;
}

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

type NewOrder = Order extends infer O ? (O extends Order ? Omit<O, 'id'> : never) : never;

class ProjectorHandle implements Projector {
  readonly started: Promise<void>;
  private settleStart!: Waiting<void>;
  private readonly exited: Promise<void>;
  private readonly listeners = new Set<(advance: ProjectorAdvance) => void>();
  private readonly statusListeners = new Set<() => void>();
  private readonly orders = new Map<number, Waiting<number>>();
  private lastOrder = 0;
  private position: Position = START;
  private last: RunnerStatus = { projections: [], head: START, failure: undefined };
  private end: Failure | undefined;

  constructor(
    private readonly worker: Worker,
    private readonly options: ProjectorOptions,
  ) {
    this.started = new Promise((resolve, reject) => (this.settleStart = { resolve, reject }));
    this.exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (notice: Notice) => this.hear(notice));
    worker.on('error', (error: Error & { code?: string }) => this.ended({ message: error.message, code: error.code }));
    worker.on('exit', () => this.ended({ message: 'the projections were stopped', code: 'PROJECTOR_STOPPED' }));
  }

  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    if (comparePositions(this.position, position) >= 0) return true;
    return new Promise((resolve) => {
      const done = (reached: boolean): void => {
        clearTimeout(timer);
        off();
        resolve(reached);
      };
      const off = this.onAdvance((advance) => {
        if (comparePositions(advance.position, position) >= 0) done(true);
      });
      const timer = setTimeout(() => done(false), timeoutMs);
    });
  }

  onAdvance(listener: (advance: ProjectorAdvance) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  status(): readonly ProjectionStatus[] {
    return this.last.projections;
  }

  onStatus(listener: () => void): () => void {
    this.statusListeners.add(listener);
    return () => void this.statusListeners.delete(listener);
  }

  failure(): string | undefined {
    return this.end?.message ?? this.last.failure;
  }

  async rebuild(name: string): Promise<void> {
    const generation = await this.order({ kind: 'rebuild', name });
    const serves = (): boolean => this.last.projections.some((it) => it.name === name && it.generation >= generation);
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!serves() && !this.end) return;
        this.statusListeners.delete(look);
        resolve();
      };
      this.statusListeners.add(look);
      look();
    });
    if (this.end && !serves()) throw new ProjectorFailed(this.end);
  }

  retry(name: string, partition?: string): Promise<number> {
    return this.order({ kind: 'retry', name, partition });
  }

  async stop(): Promise<void> {
    if (!this.end) await this.order({ kind: 'stop' }).catch(() => 0);
    await this.exited;
  }

  private order(order: NewOrder): Promise<number> {
    if (this.end) return Promise.reject(new ProjectorFailed(this.end));
    const id = ++this.lastOrder;
    return new Promise((resolve, reject) => {
      this.orders.set(id, { resolve, reject });
      this.worker.postMessage({ ...order, id } as Order);
    });
  }

  private hear(notice: Notice): void {
    switch (notice.kind) {
      case 'started':
        this.position = notice.position;
        this.last = notice.status;
        return this.settleStart.resolve();
      case 'waiting':
        return this.settleStart.resolve();
      case 'refused':
        return this.ended(notice.failure);
      case 'advanced':
        this.position = notice.position;
        for (const listener of [...this.listeners]) listener(notice);
        return;
      case 'status':
        this.last = notice.status;
        for (const listener of [...this.statusListeners]) listener();
        return;
      case 'log':
        return this.options.log?.[notice.level](notice.facts, notice.message);
      case 'lost':
        return this.options.onLost?.(notice.lost);
      case 'done':
        return this.answer(notice.id, ({ resolve }) => resolve(notice.result));
      case 'failed':
        return this.answer(notice.id, ({ reject }) => reject(new ProjectorFailed(notice.failure)));
      default:
        return notice satisfies never;
    }
  }

  private answer(id: number, settle: (order: Waiting<number>) => void): void {
    const order = this.orders.get(id);
    this.orders.delete(id);
    if (order) settle(order);
  }

  private ended(failure: Failure): void {
    if (this.end) return;
    this.end = failure;
    this.settleStart.reject(new ProjectorFailed(failure));
    for (const { reject } of this.orders.values()) reject(new ProjectorFailed(failure));
    this.orders.clear();
    for (const listener of [...this.statusListeners]) listener();
    if (failure.code !== 'PROJECTOR_STOPPED') this.options.log?.error({ code: failure.code }, failure.message);
  }
}
