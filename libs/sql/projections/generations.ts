import { comparePositions, START } from '#kernel';
import type { EventReader } from '#event-store';
import type { Construction } from './build.js';
import type { Projection } from './projection.js';
import { bindToLog, forgetAllBut, howToForget, loadGenerations, loadParked, type StoredParked } from './books.js';
import { samePosition, type Checkpoints } from './checkpoints.js';
import type { Keeping } from '../keeping/keeping.js';
import { loadShares } from '../keeping/share-books.js';
import { CONSTRUCTION, sharesOf, slotOf, slotOfShare } from '../keeping/shares.js';
import type { Generation, Track } from './track.js';
import type { AnyDb, SqlWriter } from '../writer.js';

/** A view has seen events that the log does not have: the log was restored from an older backup (DESIGN.md). */
export class CheckpointAhead extends Error {
  readonly code = 'CHECKPOINT_AHEAD';

  constructor(
    readonly projection: string,
    db: AnyDb,
  ) {
    super(
      `The view ${projection} is ahead of the event log: the log was probably restored from a backup. ` +
        `Either restore the newer log, or: ${howToForget(db)}; views are rebuilt from the log.`,
    );
  }
}

export class UnknownProjection extends Error {
  readonly code = 'UNKNOWN_PROJECTION';

  constructor(readonly projection: string) {
    super(`There is no projection ${projection}.`);
  }
}

interface GenerationSources {
  readonly reader: EventReader;
  readonly writer: SqlWriter;
  /** All that there are: what else stands in the books is removed. */
  readonly projections: readonly Projection[];
  readonly keeping: Keeping;
  readonly checkpoints: Checkpoints;
  /** The tracks are others. */
  readonly onRead: () => void;
}

/**
 * Which generations there are: per projection the one that readers see, and perhaps one under construction. And the tracks on
 * which the shares of this process go through the log.
 */
export class Generations {
  private generations: Generation[] = [];
  private tracks: Track[] = [];
  /** Whether what there is was compared with what there should be, since the construction is ours. */
  private isTended = false;

  constructor(
    private readonly sources: GenerationSources,
    private readonly construction: Construction,
  ) {}

  /** @throws OtherLog, CheckpointAhead */
  async open(): Promise<void> {
    const { reader, writer } = this.sources;
    await writer.transaction(({ db }) => bindToLog(db, reader.epoch));
    await this.read();
    await this.refuseAhead();
    await this.reload();
  }

  /** Takes and hands over what is due, and reads the books again. */
  async reload(): Promise<void> {
    await this.sources.keeping.refresh();
    await this.read();
    if (!this.builds) this.isTended = false;
    else if (!this.isTended) await this.tend();
  }

  /**
   * A commit whose answer was lost may have happened, and somebody else may have been at work meanwhile: nothing is believed
   * that does not stand in the books.
   */
  async recover(): Promise<void> {
    this.isTended = false;
    this.construction.forgetProgress();
    await this.reload();
  }

  get all(): readonly Track[] {
    return this.tracks;
  }

  /** Whether the work on generations is ours. */
  get builds(): boolean {
    return this.sources.keeping.shares.has(CONSTRUCTION);
  }

  /** @returns undefined before its first generation has begun */
  serving(name: string): Generation | undefined {
    return this.generations.find((it) => it.projection.name === name && it.serving);
  }

  building(name: string): Generation | undefined {
    return this.generations.find((it) => it.projection.name === name && !it.serving);
  }

  /** Those of our tracks that belong to the generation. */
  tracksOf(generation: Generation): Track[] {
    return this.tracks.filter((it) => it.of === generation);
  }

  /** Those that read the log now: not those that are stopped, wait for others, or are of a version that the code no longer has. */
  readers(): Track[] {
    return this.tracks.filter(
      ({ of: { phase, version }, stopped, arrived, projection }) =>
        !stopped &&
        version === projection.version &&
        (phase === 'ready' || (phase === 'loading' && arrived !== 'loading')),
    );
  }

  /** Goes on with what is under construction. @returns whether there was something to do */
  async constructionStep(): Promise<boolean> {
    if (!this.builds) return false;
    for (const generation of this.generations) {
      const { phase, serving } = generation;
      const isUnderWay = phase === 'deriving' || phase === 'indexing';
      if (!isUnderWay && !this.hasArrived(generation)) continue;
      if (phase === 'ready' && serving) continue;
      const isOther = isUnderWay ? await this.construction.slice(generation) : await this.finish(generation);
      if (isOther) await this.read();
      return true;
    }
    return false;
  }

  /** Tracks of one generation that have come equally far go on as one. @returns those that are none any more */
  joinEqual(): Track[] {
    const gone: Track[] = [];
    if (this.tracks.length <= this.generations.length) return gone;
    const left: Track[] = [];
    for (const track of this.tracks) {
      const same = left.find((it) => it.of === track.of && isEquallyFar(it, track));
      if (same === undefined) left.push(track);
      else {
        this.join(same, track);
        gone.push(track);
      }
    }
    this.tracks = left;
    return gone;
  }

  /** @returns the number of the generation; one that is under construction already is begun again */
  async rebuild(name: string): Promise<number> {
    const serving = this.serving(name);
    if (!serving) throw new UnknownProjection(name);
    const unfinished = this.building(name);
    const generation = (unfinished ?? serving).generation + 1;
    if (unfinished) await this.construction.abandon(unfinished);
    await this.construction.begin(serving.projection, generation, false);
    await this.read();
    return generation;
  }

  /** All shares have read what there was: it is completed, or put before the readers in place of the one they saw. */
  private async finish(generation: Generation): Promise<true> {
    if (generation.phase === 'loading') return this.construction.enter(generation, 'deriving');
    await this.construction.swap(generation, this.serving(generation.projection.name));
    return true;
  }

  private hasArrived(generation: Generation): boolean {
    const { checkpoints } = this.sources;
    return this.sharesOf(generation).every((share) => checkpoints.of(generation, share).arrived === generation.phase);
  }

  private async read(): Promise<void> {
    const { writer, projections, checkpoints } = this.sources;
    const shares = await loadShares(writer.db);
    const generations = await loadGenerations(writer.db, projections);
    const parked = await loadParked(writer.db);
    // Whoever asks meanwhile must not meet one half of it.
    checkpoints.read(shares);
    this.generations = generations;
    const before = this.tracks;
    this.tracks = this.generations.flatMap((generation) => this.tracksFrom(generation, parked));
    for (const track of this.tracks) {
      const known = before.find((it) => it.of.generation === track.of.generation && sharesAlike(it, track));
      track.stopped = known?.stopped;
    }
    this.sources.onRead();
  }

  private tracksFrom(of: Generation, parked: readonly StoredParked[]): Track[] {
    const { keeping, checkpoints } = this.sources;
    const { projection, generation, phase, serving } = of;
    const tracks: Track[] = [];
    const its = parked.filter((it) => it.name === projection.name && it.generation === generation);
    for (const share of this.sharesOf(of)) {
      if (!keeping.shares.has(share)) continue;
      const { checkpoint, arrived } = checkpoints.of(of, share);
      const slot = slotOfShare(share);
      const fresh: Track = {
        of,
        projection,
        shares: [share],
        slots: slot === undefined || keeping.slots === 1 ? undefined : new Set([slot]),
        checkpoint,
        // What readers see waits for nobody.
        arrived: phase === 'ready' && serving ? undefined : arrived,
        stopped: undefined,
        parked: new Map(),
      };
      for (const { parked: it } of its) if (this.isIn(fresh, it.partition)) fresh.parked.set(it.partition, it);
      const same = tracks.find((it) => isEquallyFar(it, fresh));
      if (same) this.join(same, fresh);
      else tracks.push(fresh);
    }
    return tracks;
  }

  private join(track: Track, other: Track): void {
    track.shares = [...track.shares, ...other.shares];
    const isAll = track.shares.length === this.sharesOf(track.of).length;
    track.slots = isAll || !track.slots || !other.slots ? undefined : new Set([...track.slots, ...other.slots]);
    for (const [partition, it] of other.parked) track.parked.set(partition, it);
  }

  /** Whether the subject is one of the track's; and of the share, where one is named. */
  isIn({ slots }: Track, subject: string, share?: string): boolean {
    const slot = slotOf(subject, this.sources.keeping.slots);
    const wanted = share === undefined ? undefined : slotOfShare(share);
    return (slots === undefined || slots.has(slot)) && (wanted === undefined || wanted === slot);
  }

  private sharesOf({ projection }: Generation): readonly string[] {
    return sharesOf(projection, this.sources.keeping.slots);
  }

  /** What there is becomes what there should be. */
  private async tend(): Promise<void> {
    const { projections, keeping } = this.sources;
    const names = projections.map(({ name }) => name);
    await keeping.construct(({ db }) => forgetAllBut(db, names));
    await this.construction.dropLeftovers();
    for (const projection of projections) await this.openOne(projection);
    this.isTended = true;
    await this.read();
  }

  private async openOne(projection: Projection): Promise<void> {
    const { name, version } = projection;
    const serving = this.serving(name);
    const unfinished = this.building(name);
    const isOutdated = unfinished !== undefined && unfinished.version !== version;
    if (isOutdated) await this.construction.abandon(unfinished);
    if (!serving) return this.construction.begin(projection, 1, true);
    if (serving.version === version || (unfinished && !isOutdated)) return;
    await this.construction.begin(projection, (unfinished ?? serving).generation + 1, false);
  }

  private async refuseAhead(): Promise<void> {
    const { reader, writer, checkpoints } = this.sources;
    const head = (await reader.head()) ?? START;
    const ahead = this.generations.find((it) =>
      this.sharesOf(it).some((share) => comparePositions(checkpoints.of(it, share).checkpoint, head) > 0),
    );
    if (ahead) throw new CheckpointAhead(ahead.projection.name, writer.db);
  }
}

const isEquallyFar = (a: Track, b: Track): boolean =>
  samePosition(a.checkpoint, b.checkpoint) && a.arrived === b.arrived && !a.stopped && !b.stopped;

const sharesAlike = (a: Track, b: Track): boolean =>
  a.projection === b.projection && a.shares.length === b.shares.length && a.shares.every((it) => b.shares.includes(it));
