import { comparePositions, type Position } from '#kernel';
import { ahead } from './ahead.js';
import { Preparation, type LogSources, type Prepared, type ReadEvent } from './prepare.js';
import type { Projection } from './projection.js';
import { BatchSession } from './session.js';
import type { ParkedPartition } from './status.js';
import { removeParked, saveParked } from './books.js';
import type { Checkpoints, Move } from './checkpoints.js';
import type { Stop, Track } from './track.js';
import type { AnyDb, SqlWriter, WriteTransaction } from '../writer.js';

/** What a batch did to a track, to be believed once its transaction has committed. */
interface Outcome {
  readonly track: Track;
  readonly checkpoint: Position;
  readonly parked: readonly ParkedPartition[];
  /** Partitions that were parked and went through when they were made anew. */
  readonly freed: readonly string[];
  readonly stopped: Stop | undefined;
}

export interface BatchSources extends LogSources {
  readonly writer: SqlWriter;
  readonly nowMs: () => number;
}

/** What it shares with whoever else knows how far things are. */
export interface BatchBooks {
  readonly checkpoints: Checkpoints;
  /** Into how many slots subjects are dealt. */
  readonly slots: number;
}

/** A track on its way through a batch. */
interface Advance {
  readonly track: Track;
  readonly session: BatchSession;
  readonly parked: Map<string, ParkedPartition>;
  readonly freed: Set<string>;
  /** The last event that was taken or passed over. */
  reached: Position;
  stopped: Stop | undefined;
}

/** Takes batches of the log into the rows of projections: rows and checkpoints in one transaction. */
export class Batches {
  constructor(
    private readonly sources: BatchSources,
    private readonly books: BatchBooks,
  ) {}

  /**
   * Applies events in the order of the log to all tracks. Events at or before a track's checkpoint are passed over, so
   * that one delivered twice changes nothing.
   * @param pieces of the batch: rows are held to its end, the events of a piece only until the next
   * @returns the subjects of the events
   */
  async apply(
    tracks: readonly Track[],
    pieces: AsyncIterable<readonly ReadEvent[]> | Iterable<readonly ReadEvent[]>,
  ): Promise<Set<string>> {
    const subjects = new Set<string>();
    let erased = false;
    const preparation = this.preparation(tracks);
    const { outcomes, moved } = await this.sources.writer.transaction(async (tx) => {
      const advances = tracks.map(begun);
      for await (const { piece, ready: events } of ahead(pieces, (it) => preparation.batch(it))) {
        const to = piece.at(-1)!.position;
        for (const advance of advances) await this.advance(tx, advance, events, to, preparation);
        for (const { subject } of events) subjects.add(subject);
        erased ||= events.some(isErasure);
      }
      const outcomes: Outcome[] = [];
      for (const advance of advances) outcomes.push(await this.finish(tx, advance));
      return { outcomes, moved: await this.books.checkpoints.move(tx.db, outcomes.map(moveOf)) };
    });
    moved();
    for (const outcome of outcomes) believe(outcome);
    if (erased) this.sources.writer.scrub();
    return subjects;
  }

  /** Says in the books that it has read all there is in its phase. @param tell tells whoever waits for that */
  async arrive(track: Track, tell: (db: AnyDb) => Promise<void>): Promise<void> {
    const { of, shares, checkpoint } = track;
    const moved = await this.sources.writer.transaction(async ({ db }) => {
      await tell(db);
      return this.books.checkpoints.move(db, [{ of, shares, to: { checkpoint, arrived: of.phase } }]);
    });
    moved();
    track.arrived = of.phase;
  }

  /**
   * Projects one subject anew from its stream, as far as the track has come: what was parked is tried again.
   * @returns whether it went through
   */
  async again(track: Track, subject: string): Promise<boolean> {
    const { session } = begun(track);
    const preparation = this.preparation([track]);
    const parked = await this.sources.writer.transaction(async (tx) => {
      await session.load(tx, [{ subject, begins: false }]);
      const found = await this.refold(session, track, subject, track.checkpoint, preparation);
      await session.write(tx);
      await (found ? saveParked(tx.db, track.of, found) : removeParked(tx.db, track.of, subject));
      return found;
    });
    if (parked) track.parked.set(subject, parked);
    else track.parked.delete(subject);
    return parked === undefined;
  }

  private preparation(tracks: readonly Track[]): Preparation {
    return new Preparation(this.sources, tracks, this.books.slots);
  }

  /** One piece of a batch. A track that is stopped goes no further. */
  private async advance(
    tx: WriteTransaction,
    advance: Advance,
    events: readonly Prepared[],
    to: Position,
    preparation: Preparation,
  ): Promise<void> {
    const { track, session, parked, freed } = advance;
    if (advance.stopped) return;
    const { category } = track.projection;
    const fresh = events.filter(
      (it) =>
        it.category === category &&
        (track.slots === undefined || track.slots.has(it.slot)) &&
        comparePositions(it.position, advance.reached) > 0,
    );
    const anew = new Set<string>();
    if (holdsPersonalWords(track.projection)) for (const it of fresh) if (isErasure(it)) anew.add(it.subject);
    await session.load(tx, fresh);
    this.foldAll(advance, fresh, anew);
    if (!advance.stopped) advance.reached = later(to, advance.reached);
    for (const subject of anew) {
      const found = await this.refold(session, track, subject, to, preparation);
      if (found) hold(advance, found);
      else if (parked.delete(subject) || track.parked.has(subject)) freed.add(subject);
    }
    await session.writeEntries(tx);
  }

  private async finish(
    tx: WriteTransaction,
    { track, session, parked, freed, reached, stopped }: Advance,
  ): Promise<Outcome> {
    await session.write(tx);
    for (const it of parked.values()) await saveParked(tx.db, track.of, it);
    for (const subject of freed) await removeParked(tx.db, track.of, subject);
    return { track, checkpoint: reached, parked: [...parked.values()], freed: [...freed], stopped };
  }

  private foldAll(advance: Advance, events: readonly Prepared[], anew: ReadonlySet<string>): void {
    const { track, session, parked, freed } = advance;
    const isHeld = (subject: string): boolean =>
      parked.has(subject) || (track.parked.has(subject) && !freed.has(subject)) || anew.has(subject);
    for (const it of events) {
      if (comparePositions(it.position, advance.reached) <= 0) continue;
      if (!isHeld(it.subject)) {
        const error = fold(session, it);
        if (error && track.projection.partition === 'all') {
          advance.stopped = { position: it.position, eventId: it.eventId, error: error.message };
          return;
        }
        if (error) hold(advance, this.park(it, error));
      }
      advance.reached = it.position;
    }
  }

  private async refold(
    session: BatchSession,
    track: Track,
    subject: string,
    upTo: Position,
    preparation: Preparation,
  ): Promise<ParkedPartition | undefined> {
    session.reset(subject);
    for (const it of await preparation.subject(`${track.projection.category}-${subject}`, upTo)) {
      const error = fold(session, it);
      if (error) return this.park(it, error);
    }
    return undefined;
  }

  private park({ subject, position, eventId }: Prepared, error: Error): ParkedPartition {
    return { partition: subject, position, eventId, error: error.message, parkedAtMs: this.sources.nowMs() };
  }
}

/** @returns what the event threw; nothing of it is left then */
function fold(session: BatchSession, it: Prepared): Error | undefined {
  try {
    switch (it.kind) {
      case 'event':
        session.fold(it.event);
        return undefined;
      case 'foreign':
        session.foreign(it.event);
        return undefined;
      case 'unreadable':
        return it.error;
      default:
        return it satisfies never;
    }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const begun = (track: Track): Advance => ({
  track,
  session: new BatchSession(track.projection, track.of.generation, track.of.phase === 'loading'),
  parked: new Map(),
  freed: new Set(),
  reached: track.checkpoint,
  stopped: undefined,
});

const moveOf = ({ track, checkpoint }: Outcome): Move => ({
  of: track.of,
  shares: track.shares,
  to: { checkpoint, arrived: track.arrived },
});

function hold({ parked, freed }: Advance, it: ParkedPartition): void {
  parked.set(it.partition, it);
  freed.delete(it.partition);
}

function believe({ track, checkpoint, parked, freed, stopped }: Outcome): void {
  track.checkpoint = checkpoint;
  track.stopped = stopped;
  for (const it of parked) track.parked.set(it.partition, it);
  for (const subject of freed) track.parked.delete(subject);
}

/** Only rows that hold opened parts differ after an erasure; the others need not be made anew. */
const holdsPersonalWords = ({ partition, opens }: Projection): boolean =>
  partition === 'subject' && Object.keys(opens).length > 0;

const isErasure = (it: Prepared): boolean => it.kind === 'event' && it.event.type === 'SubjectErased';

const later = (a: Position, b: Position): Position => (comparePositions(a, b) < 0 ? b : a);
