import { comparePositions, START } from '#kernel';
import type { EventReader } from '#event-store';
import type { Construction } from './build.js';
import type { Projection } from './projection.js';
import { bindToLog, forgetAllBut, howToForget, loadTracks } from './books.js';
import type { Track } from './track.js';
import type { AnyDb, SqlWriter } from './writer.js';

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
}

/** Which generations there are: per projection the one that readers see, and perhaps one under construction. */
export class Generations {
  private tracks: Track[] = [];

  constructor(
    private readonly sources: GenerationSources,
    private readonly construction: Construction,
  ) {}

  /** @throws OtherLog, CheckpointAhead */
  async open(): Promise<void> {
    const { reader, writer, projections } = this.sources;
    const names = projections.map(({ name }) => name);
    await writer.transaction(async ({ db }) => {
      await bindToLog(db, reader.epoch);
      await forgetAllBut(db, names);
    });
    this.tracks = await loadTracks(writer.db, projections);
    await this.construction.dropLeftovers();
    await this.refuseAhead();
    for (const projection of projections) await this.openOne(projection);
  }

  /**
   * Reads the books again after a failure: a commit whose answer was lost may have happened, and somebody else may have
   * been at work meanwhile.
   */
  async reload(): Promise<void> {
    const { writer, projections } = this.sources;
    this.construction.forgetProgress();
    const stored = await loadTracks(writer.db, projections);
    this.tracks = stored.map((it) => {
      const known = this.tracks.find(
        ({ projection, generation }) => projection === it.projection && generation === it.generation,
      );
      if (!known) return it;
      const { checkpoint, phase, serving, parked } = it;
      return Object.assign(known, { checkpoint, phase, serving, parked });
    });
    await this.construction.dropLeftovers();
  }

  serving(name: string): Track {
    const track = this.tracks.find((it) => it.projection.name === name && it.serving);
    if (!track) throw new UnknownProjection(name);
    return track;
  }

  building(name: string): Track | undefined {
    return this.tracks.find((it) => it.projection.name === name && !it.serving);
  }

  /** Those that read the log now: not those that are stopped, completed, or of a version that the code no longer has. */
  readers(): Track[] {
    return this.tracks.filter(
      ({ phase, stopped, version, projection }) =>
        !stopped && version === projection.version && (phase === 'loading' || phase === 'ready'),
    );
  }

  /** @returns whether there was something to complete */
  async constructionSlice(): Promise<boolean> {
    const track = this.tracks.find(({ phase }) => phase === 'deriving' || phase === 'indexing');
    if (track) await this.construction.slice(track);
    return track !== undefined;
  }

  complete(track: Track): Promise<void> {
    return this.construction.enter(track, 'deriving');
  }

  /** Puts a complete generation before the readers in place of the one they saw. */
  async serve(track: Track, following: Set<Track>): Promise<void> {
    const old = this.tracks.find((it) => it.projection === track.projection && it.serving);
    await this.construction.swap(track, old);
    this.tracks = this.tracks.filter((it) => it !== old);
    if (!old) return;
    following.delete(old);
    await this.construction.drop(old);
  }

  /** @returns the number of the generation; one that is under construction already is begun again */
  async rebuild(name: string): Promise<number> {
    const serving = this.serving(name);
    const unfinished = this.building(name);
    if (unfinished) await this.abandon(unfinished);
    return this.begin(serving.projection, (unfinished ?? serving).generation + 1, false);
  }

  private async openOne(projection: Projection): Promise<void> {
    const { name, version } = projection;
    const serving = this.tracks.find((it) => it.projection === projection && it.serving);
    const unfinished = this.building(name);
    if (unfinished && unfinished.version !== version) await this.abandon(unfinished);
    if (!serving) return void (await this.begin(projection, 1, true));
    if (serving.version === version || this.building(name)) return;
    await this.begin(projection, (unfinished ?? serving).generation + 1, false);
  }

  private async begin(projection: Projection, generation: number, serving: boolean): Promise<number> {
    this.tracks.push(await this.construction.begin(projection, generation, serving));
    return generation;
  }

  private async abandon(track: Track): Promise<void> {
    this.tracks = this.tracks.filter((it) => it !== track);
    await this.construction.abandon(track);
  }

  private async refuseAhead(): Promise<void> {
    const head = (await this.sources.reader.head()) ?? START;
    const ahead = this.tracks.find(({ checkpoint }) => comparePositions(checkpoint, head) > 0);
    if (ahead) throw new CheckpointAhead(ahead.projection.name, this.sources.writer.db);
  }
}
