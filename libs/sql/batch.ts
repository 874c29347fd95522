import { comparePositions, type Position } from '#kernel';
import type { StoredEvent } from '#event-store';
import { Preparation, type LogSources, type Prepared } from './prepare.js';
import type { Projection } from './projection.js';
import { BatchSession } from './session.js';
import type { ParkedPartition } from './status.js';
import { moveCheckpoint, removeParked, saveParked, type Stop, type Track } from './track.js';
import type { SqlWriter, WriteTransaction } from './writer.js';

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

/** Takes batches of the log into the rows of projections: rows and checkpoints in one transaction. */
export class Batches {
  constructor(private readonly sources: BatchSources) {}

  /**
   * Applies events in the order of the log to all tracks. Events at or before a track's checkpoint are passed over, so
   * that one delivered twice changes nothing.
   * @returns the subjects of the events
   */
  async apply(tracks: readonly Track[], stored: readonly StoredEvent[]): Promise<readonly string[]> {
    const last = stored.at(-1);
    if (!last) return [];
    const preparation = this.preparation(tracks);
    const events = await preparation.batch(stored);
    const outcomes = await this.sources.writer.transaction(async (tx) => {
      const done: Outcome[] = [];
      for (const track of tracks) done.push(await this.advance(tx, track, events, last.position, preparation));
      return done;
    });
    for (const outcome of outcomes) believe(outcome);
    if (events.some(isErasure)) this.sources.writer.scrub();
    return [...new Set(events.map(({ subject }) => subject))];
  }

  /**
   * Projects one subject anew from its stream, as far as the track has come: what was parked is tried again.
   * @returns whether it went through
   */
  async again(track: Track, subject: string): Promise<boolean> {
    const session = new BatchSession(track.projection, track.generation, track.phase === 'loading');
    const preparation = this.preparation([track]);
    const parked = await this.sources.writer.transaction(async (tx) => {
      await session.load(tx, [subject]);
      const found = await this.refold(session, track, subject, track.checkpoint, preparation);
      await session.write(tx);
      await (found ? saveParked(tx.db, track, found) : removeParked(tx.db, track, subject));
      return found;
    });
    if (parked) track.parked.set(subject, parked);
    else track.parked.delete(subject);
    return parked === undefined;
  }

  private preparation(tracks: readonly Track[]): Preparation {
    const projections: Projection[] = tracks.map(({ projection }) => projection);
    return new Preparation(this.sources, projections);
  }

  private async advance(
    tx: WriteTransaction,
    track: Track,
    events: readonly Prepared[],
    to: Position,
    preparation: Preparation,
  ): Promise<Outcome> {
    const { projection, checkpoint } = track;
    const fresh = events.filter(
      ({ category, position }) => category === projection.category && comparePositions(position, checkpoint) > 0,
    );
    const anew = new Set(holdsPersonalWords(projection) ? fresh.filter(isErasure).map(({ subject }) => subject) : []);
    const session = new BatchSession(projection, track.generation, track.phase === 'loading');
    await session.load(tx, [...new Set(fresh.map(({ subject }) => subject))]);
    const { parked, stopped, reached } = this.foldAll(session, track, fresh, anew);
    const freed: string[] = [];
    for (const subject of anew) {
      const found = await this.refold(session, track, subject, to, preparation);
      if (found) parked.push(found);
      else if (track.parked.has(subject)) freed.push(subject);
    }
    await session.write(tx);
    const outcome = { track, checkpoint: reached ?? later(to, checkpoint), parked, freed, stopped };
    await moveCheckpoint(tx.db, track, outcome.checkpoint);
    for (const it of parked) await saveParked(tx.db, track, it);
    for (const subject of freed) await removeParked(tx.db, track, subject);
    return outcome;
  }

  private foldAll(
    session: BatchSession,
    track: Track,
    events: readonly Prepared[],
    anew: ReadonlySet<string>,
  ): { parked: ParkedPartition[]; stopped: Stop | undefined; reached: Position | undefined } {
    const parked: ParkedPartition[] = [];
    const held = new Set(track.parked.keys());
    let reached = track.checkpoint;
    for (const it of events) {
      if (comparePositions(it.position, reached) <= 0) continue;
      if (!held.has(it.subject) && !anew.has(it.subject)) {
        const error = fold(session, it);
        if (error && track.projection.partition === 'all') {
          return { parked, stopped: { position: it.position, eventId: it.eventId, error: error.message }, reached };
        }
        if (error) {
          held.add(it.subject);
          parked.push(this.park(it, error));
        }
      }
      reached = it.position;
    }
    return { parked, stopped: undefined, reached: undefined };
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
