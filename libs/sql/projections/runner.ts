import { setImmediate as nextTurn } from 'node:timers/promises';
import { comparePositions, START, type Position } from '#kernel';
import { Batches, type BatchSources } from './batch.js';
import { Construction } from './build.js';
import { Checkpoints } from './checkpoints.js';
import { Generations, UnknownProjection } from './generations.js';
import { LiveTracks } from './live-tracks.js';
import type { Projection } from './projection.js';
import { fenced, LeaseLost, type Keeping } from '../keeping/keeping.js';
import { keepingOf } from '../keeping/keeping-of.js';
import { LogPieces } from './log-pieces.js';
import { statusOf } from './runner-status.js';
import type { ProjectionStatus, RunnerStatus } from './status.js';
import { migrateViews } from './books.js';
import type { Track } from './track.js';

export interface RunnerOptions extends BatchSources {
  readonly projections: readonly Projection[];
  readonly log: RunnerLog;
  /** Somebody wants nobody to keep the views: it waits until that one lets go. */
  readonly onWait?: () => void;
  /** After every transaction and every failure: the status may have changed. */
  readonly onStep?: () => void;
  /** The shares of this process may be others. */
  readonly onShares?: () => void;
  /** Events per transaction while others follow the log beside it. Default 2,000. */
  readonly batchEvents?: number;
  /** Events per transaction while nothing else happens: larger ones write a row fewer times. Default 10,000. */
  readonly coldBatchEvents?: number;
  /** How often processes that share views show that they go on. Default a second. */
  readonly beatMs?: number;
}

/** Where the runner is loud. Codes and ids only. */
export interface RunnerLog {
  info(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface Advance {
  /** How far all views have come that are not stopped. */
  readonly position: Position;
  /** The subjects of the events since the last notice, e.g. case ids. */
  readonly subjects: readonly string[];
}

const RETRY_MS = 1_000;

/**
 * Keeps the rows of all projections as the log says; where several processes share them, those of its shares. Those that have
 * caught up follow the log together; those that are behind (new, rebuilt, or started again after a stop) read it in slices in
 * between until they join them.
 */
export class ProjectionRunner {
  readonly listeners = new Set<(advance: Advance) => void>();
  private readonly batches: Batches;
  private readonly generations: Generations;
  private readonly keeping: Keeping;
  private readonly pieces: LogPieces;
  private readonly live: LiveTracks;
  private readonly orders: (() => Promise<void>)[] = [];
  private position: Position = START;
  private subjects = new Set<string>();
  private running: Promise<void> | undefined;
  private stopping = false;
  private failure: Error | undefined;
  private keysLost = 0;
  private wake: () => void = () => undefined;

  private readonly batchEvents: number;
  private readonly coldBatchEvents: number;

  constructor(private readonly options: RunnerOptions) {
    this.batchEvents = options.batchEvents ?? 2_000;
    this.coldBatchEvents = options.coldBatchEvents ?? 10_000;
    const onLost: BatchSources['onLost'] = (lost) => {
      this.keysLost++;
      options.log.error(lost, 'a key is missing though nobody erased it');
      options.onLost(lost);
    };
    const { projections, log, beatMs, reader } = options;
    const info: RunnerLog['info'] = (facts, message) => {
      log.info(facts, message);
      options.onWait?.();
    };
    const keeping = (this.keeping = keepingOf(options.writer, { projections, beatMs, log: { info } }));
    const writer = fenced(options.writer, keeping);
    const checkpoints = new Checkpoints();
    this.pieces = new LogPieces(reader);
    this.live = new LiveTracks(reader, () => this.wake());
    this.batches = new Batches({ ...options, writer, onLost }, { checkpoints, slots: keeping.slots });
    const onRead = (): void => this.live.replace(this.generations.readers());
    this.generations = new Generations({ ...options, keeping, checkpoints, onRead }, new Construction(writer, keeping));
  }

  /**
   * Waits while somebody wants nobody to keep these views.
   * @throws CheckpointAhead, OtherLog: the views do not belong to this log as it is; SchemaNewer, DatabaseUnusable
   */
  async start(): Promise<void> {
    await migrateViews(this.options.writer.db);
    try {
      await this.keeping.start(() => this.wake());
      await this.generations.open();
      await this.unlessLost(() => this.generations.reload());
    } catch (error) {
      await this.keeping.stop();
      throw error;
    }
    this.position = this.leastServed();
    this.running = this.run();
  }

  /** Ends after the transaction it is in, and hands its shares over. The writer and the sources are the caller's to close. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
    this.live.leave();
    await this.keeping.stop();
  }

  get reached(): Position {
    return this.position;
  }

  /** What this process keeps: see `sharesOf`. */
  get shares(): ReadonlySet<string> {
    return this.keeping.shares;
  }

  /** Whether it is this process that begins and completes generations. */
  get builds(): boolean {
    return this.generations.builds;
  }

  /** Looks whether there is something to do: a projection may have another version by now. */
  look(): void {
    this.wake();
  }

  /** Builds a projection anew beside the live one. @returns the number of the generation, once it has begun @throws LeaseLost */
  rebuild(name: string): Promise<number> {
    return this.order(() => this.generations.rebuild(name));
  }

  /**
   * Tries again what is parked (one partition, or all of them) or stopped.
   * @param share of this process, where it is about one only
   * @returns how many partitions went through @throws LeaseLost
   */
  retry(name: string, partition?: string, share?: string): Promise<number> {
    return this.order(async () => {
      const serving = this.generations.serving(name);
      if (serving === undefined) throw new UnknownProjection(name);
      let through = 0;
      for (const track of this.generations.tracksOf(serving)) {
        if (share !== undefined && !track.shares.includes(share)) continue;
        track.stopped = undefined;
        const partitions = partition === undefined ? [...track.parked.keys()] : [partition];
        const its = partitions.filter((it) => this.generations.isIn(track, it, share));
        for (const it of its) if (await this.batches.again(track, it)) through++;
      }
      return through;
    });
  }

  /** Of what this process keeps. */
  async status(): Promise<RunnerStatus> {
    const head = (await this.options.reader.lastDelivered()) ?? START;
    const projections = this.options.projections.flatMap(({ name }) => this.statusOf(name, head) ?? []);
    return { projections, head, failure: this.failure?.message };
  }

  private statusOf(name: string, head: Position): ProjectionStatus | undefined {
    const { generations, keeping, keysLost } = this;
    const serving = generations.serving(name);
    const tracks = serving ? generations.tracksOf(serving) : [];
    if (!serving || tracks.length === 0) return undefined;
    const building = generations.building(name);
    const buildingTracks = building ? generations.tracksOf(building) : [];
    const follows = tracks.every((it) => this.live.has(it));
    const { oldestMs } = this.live;
    const lagMs = follows && oldestMs !== undefined ? this.options.nowMs() - oldestMs : undefined;
    const { slots, name: worker } = keeping;
    return statusOf({ serving, tracks, building, buildingTracks, head, lagMs, follows, keysLost, worker, slots });
  }

  /** Work that somebody else asks for happens between two transactions. */
  private order<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.orders.push(() => work().then(resolve, reject));
      this.wake();
    });
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        const woken = new Promise<void>((resolve) => (this.wake = resolve));
        if (this.failure || this.keeping.isStale) await this.reload();
        const worked = await this.step();
        this.failure = undefined;
        this.options.onStep?.();
        // Log and tables may answer without a turn of the event loop: orders and reports must get through all the same.
        await (worked || this.stopping || this.keeping.isStale ? nextTurn() : woken);
      } catch (error) {
        // What was taken from the feed is not in the rows.
        this.live.leave();
        // Somebody else keeps it, or has changed what there is: it is read again, and nothing is wrong.
        if (error instanceof LeaseLost) continue;
        this.failure = error as Error;
        this.options.log.error({ error: this.failure.message }, 'projections failed; trying again');
        this.options.onStep?.();
        if (!this.stopping) await this.pause(RETRY_MS);
      }
    }
  }

  private async reload(): Promise<void> {
    await (this.failure ? this.generations.recover() : this.generations.reload());
    this.options.onShares?.();
  }

  private async unlessLost(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (!(error instanceof LeaseLost)) throw error;
    });
  }

  private async step(): Promise<boolean> {
    const order = this.orders.shift();
    if (order) await order();
    const live = await this.followOn();
    const behind = await this.catchUp();
    this.live.drop(...this.generations.joinEqual());
    this.tell();
    return order !== undefined || live || behind;
  }

  private async followOn(): Promise<boolean> {
    const events = this.live.take(this.batchEvents);
    if (events.length === 0) return false;
    await this.applyTo(this.live.all, [events]);
    this.live.advance(events.at(-1)!.position);
    return true;
  }

  /** One slice of whatever is behind. */
  private async catchUp(): Promise<boolean> {
    this.live.drop(...this.live.all.filter(({ stopped }) => stopped));
    if (await this.generations.constructionStep()) return true;
    const behind = this.generations.readers().filter((track) => !this.live.has(track));
    const first = behind.reduce<Track | undefined>(least, undefined);
    if (!first) return false;
    const group = behind.filter(({ checkpoint }) => comparePositions(checkpoint, first.checkpoint) === 0);
    const upTo = this.live.reached;
    const most = this.live.all.length > 0 ? this.batchEvents : this.coldBatchEvents;
    const piece = await this.pieces.first(first.checkpoint, most, upTo);
    if (piece.length > 0) await this.applyTo(group, this.pieces.from(piece, most, upTo));
    else for (const track of group) await this.arrived(track);
    return true;
  }

  /** It has read all that there is: a bulk load waits to be completed, all others follow from now on. */
  private async arrived(track: Track): Promise<void> {
    const { phase, serving } = track.of;
    if (!serving || phase === 'loading') await this.batches.arrive(track, (db) => this.keeping.tell(db));
    if (phase !== 'loading') this.live.join(track);
  }

  private async applyTo(tracks: readonly Track[], pieces: Parameters<Batches['apply']>[1]): Promise<void> {
    const going = tracks.filter(({ stopped }) => !stopped);
    const subjects = await this.batches.apply(going, pieces);
    for (const { projection, of, stopped } of going) {
      const { generation } = of;
      if (stopped) this.options.log.error({ projection: projection.name, generation, ...said(stopped) }, 'stopped');
    }
    if (going.some(({ of }) => of.serving)) for (const subject of subjects) this.subjects.add(subject);
  }

  private tell(): void {
    const position = this.leastServed();
    if (comparePositions(position, this.position) <= 0) return;
    this.position = position;
    const subjects = [...this.subjects];
    this.subjects = new Set();
    for (const listener of this.listeners) listener({ position, subjects });
  }

  /** A generation without its indexes and derived rows answers nothing rightly yet, however far it has read. */
  private leastServed(): Position {
    const served = this.generations.all.filter(({ of }) => of.serving);
    if (served.some(({ of }) => of.phase !== 'ready')) return START;
    return served.filter(({ stopped }) => !stopped).reduce<Track | undefined>(least, undefined)?.checkpoint ?? START;
  }

  private pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const least = (a: Track | undefined, b: Track): Track =>
  a && comparePositions(a.checkpoint, b.checkpoint) <= 0 ? a : b;

const said = ({ eventId, error }: { readonly eventId: string; readonly error: string }) => ({ eventId, error });
