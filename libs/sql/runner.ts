import { setImmediate as nextTurn } from 'node:timers/promises';
import { comparePositions, START, type Position } from '#kernel';
import { Batches, type BatchSources } from './batch.js';
import { Construction } from './build.js';
import { Generations } from './generations.js';
import { LiveFeed } from './live-feed.js';
import type { ReadEvent } from './prepare.js';
import type { Projection } from './projection.js';
import { fenced, LeaseLost, Leases } from './lease.js';
import { statusOf } from './runner-status.js';
import type { RunnerStatus } from './status.js';
import { migrateViews } from './books.js';
import type { Track } from './track.js';

export interface RunnerOptions extends BatchSources {
  readonly projections: readonly Projection[];
  readonly log: RunnerLog;
  /** Another process keeps the views: it waits until that one ends. */
  readonly onWait?: () => void;
  /** After every transaction and every failure: the status may have changed. */
  readonly onStep?: () => void;
  /** Events per transaction while others follow the log beside it. Default 2,000. */
  readonly batchEvents?: number;
  /** Events per transaction while nothing else happens: larger ones write a row fewer times. Default 10,000. */
  readonly coldBatchEvents?: number;
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
/** So many events are in memory at once: few enough to be gone before the collector has to carry them about. */
const PIECE_EVENTS = 500;

/**
 * Keeps the rows of all projections as the log says. Those that have caught up follow the log together; those that are
 * behind (new, rebuilt, or started again after a stop) read it in slices in between until they join them.
 */
export class ProjectionRunner {
  readonly listeners = new Set<(advance: Advance) => void>();
  private readonly batches: Batches;
  private readonly generations: Generations;
  private readonly leases: Leases;
  private readonly following = new Set<Track>();
  private readonly orders: (() => Promise<void>)[] = [];
  private feed: LiveFeed | undefined;
  private livePosition: Position = START;
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
    const { projections, log } = options;
    this.leases = new Leases(
      options.writer,
      projections.map(({ name }) => name),
      {
        info: (facts, message) => {
          log.info(facts, message);
          options.onWait?.();
        },
      },
    );
    const writer = fenced(options.writer, this.leases);
    this.batches = new Batches({ ...options, writer, onLost });
    this.generations = new Generations({ ...options, writer }, new Construction(writer));
  }

  /**
   * Waits while another process keeps these views.
   * @throws CheckpointAhead, OtherLog: the views do not belong to this log as it is; SchemaNewer, DatabaseUnusable
   */
  async start(): Promise<void> {
    await migrateViews(this.options.writer.db);
    await this.leases.acquire();
    try {
      await this.generations.open();
    } catch (error) {
      await this.leases.end();
      throw error;
    }
    this.position = this.leastServed();
    this.running = this.run();
  }

  /** Ends after the transaction it is in. The writer and the sources are the caller's to close. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    // Who waits for another owner does so no longer; who owns lets go when its transaction is through.
    if (this.leases.lost) await this.leases.end();
    await this.running;
    this.leaveFeed();
    await this.leases.end();
  }

  get reached(): Position {
    return this.position;
  }

  /** Builds a projection anew beside the live one. @returns the number of the generation, once it has begun */
  rebuild(name: string): Promise<number> {
    return this.order(() => this.generations.rebuild(name));
  }

  /** Tries again what is parked (one partition, or all of them) or stopped. @returns how many partitions went through */
  retry(name: string, partition?: string): Promise<number> {
    return this.order(async () => {
      const track = this.generations.serving(name);
      track.stopped = undefined;
      const partitions = partition === undefined ? [...track.parked.keys()] : [partition];
      let through = 0;
      for (const it of partitions) if (await this.batches.again(track, it)) through++;
      return through;
    });
  }

  async status(): Promise<RunnerStatus> {
    const head = (await this.options.reader.lastDelivered()) ?? START;
    const { nowMs } = this.options;
    const oldestMs = this.feed?.oldestMs;
    return {
      projections: this.options.projections.map(({ name }) => {
        const track = this.generations.serving(name);
        const lagMs = oldestMs !== undefined && this.following.has(track) ? nowMs() - oldestMs : undefined;
        return statusOf(track, this.generations.building(name), head, lagMs, this.following.has(track), this.keysLost);
      }),
      failure: this.failure?.message,
    };
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
        if (this.failure) await this.recover();
        const worked = await this.step();
        this.failure = undefined;
        this.options.onStep?.();
        // Log and tables may answer without a turn of the event loop: orders and reports must get through all the same.
        await (worked || this.stopping ? nextTurn() : woken);
      } catch (error) {
        this.failure = error as Error;
        this.options.log.error({ error: this.failure.message }, 'projections failed; trying again');
        this.leaveFeed();
        this.options.onStep?.();
        if (!this.stopping) await this.pause(RETRY_MS);
      }
    }
  }

  private async recover(): Promise<void> {
    if (this.leases.lost || this.failure instanceof LeaseLost) await this.leases.acquire();
    await this.generations.reload();
  }

  private async step(): Promise<boolean> {
    const order = this.orders.shift();
    if (order) await order();
    const live = await this.followOn();
    const behind = await this.catchUp();
    this.tell();
    return order !== undefined || live || behind;
  }

  private async followOn(): Promise<boolean> {
    if (!this.feed) return false;
    if (this.feed.failure) throw this.feed.failure;
    const events = this.feed.take(this.batchEvents);
    if (events.length === 0) return false;
    await this.applyTo([...this.following], [events]);
    this.livePosition = events.at(-1)!.position;
    return true;
  }

  /** One slice of whatever is behind. */
  private async catchUp(): Promise<boolean> {
    for (const track of this.following) if (track.stopped) this.following.delete(track);
    if (await this.generations.constructionSlice()) return true;
    const behind = this.generations.readers().filter((track) => !this.following.has(track));
    const first = behind.reduce<Track | undefined>(least, undefined);
    if (!first) return false;
    const group = behind.filter(({ checkpoint }) => comparePositions(checkpoint, first.checkpoint) === 0);
    const most = this.following.size > 0 ? this.batchEvents : this.coldBatchEvents;
    const piece = await this.readAfter(first.checkpoint, Math.min(PIECE_EVENTS, most));
    if (piece.length > 0) await this.applyTo(group, this.piecesFrom(piece, most));
    else for (const track of group) await this.arrived(track);
    return true;
  }

  /** It has read all that there is: a bulk load is completed, a complete generation follows from now on. */
  private async arrived(track: Track): Promise<void> {
    if (track.phase === 'loading') return this.generations.complete(track);
    if (!track.serving) await this.generations.serve(track, this.following);
    if (!this.feed) {
      this.livePosition = track.checkpoint;
      this.feed = new LiveFeed(this.options.reader, this.livePosition, () => this.wake());
    }
    this.following.add(track);
  }

  /** The pieces of one batch, read as they are asked for. */
  private async *piecesFrom(first: readonly ReadEvent[], most: number): AsyncGenerator<readonly ReadEvent[]> {
    let taken = 0;
    for (let piece = first; piece.length > 0;) {
      yield piece;
      // A long batch must not keep reports and orders of this thread from their turn.
      await nextTurn();
      taken += piece.length;
      piece = await this.readAfter(piece.at(-1)!.position, Math.min(PIECE_EVENTS, most - taken));
    }
  }

  /** The next events after a position, but none that those who follow have not seen: so that it meets them. */
  private async readAfter(after: Position, most: number): Promise<ReadEvent[]> {
    if (most <= 0) return [];
    const { reader } = this.options;
    const from = comparePositions(after, START) === 0 ? 'start' : after;
    const events = reader.readTextBatch?.(after, most) ?? (await reader.readAll({ from, maxCount: most + 1 }));
    return events.filter(
      ({ position }) =>
        comparePositions(position, after) > 0 &&
        (this.feed === undefined || comparePositions(position, this.livePosition) <= 0),
    );
  }

  private async applyTo(tracks: readonly Track[], pieces: Parameters<Batches['apply']>[1]): Promise<void> {
    const going = tracks.filter(({ stopped }) => !stopped);
    const subjects = await this.batches.apply(going, pieces);
    for (const { projection, generation, stopped } of going) {
      if (stopped) this.options.log.error({ projection: projection.name, generation, ...said(stopped) }, 'stopped');
    }
    if (going.some(({ serving }) => serving)) for (const subject of subjects) this.subjects.add(subject);
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
    const served = this.options.projections.map(({ name }) => this.generations.serving(name));
    if (served.some(({ phase }) => phase !== 'ready')) return START;
    return served.filter(({ stopped }) => !stopped).reduce<Track | undefined>(least, undefined)?.checkpoint ?? START;
  }

  private leaveFeed(): void {
    this.feed?.close();
    this.feed = undefined;
    this.following.clear();
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
