import { setImmediate as nextTurn } from 'node:timers/promises';
import { comparePositions, START, type Position } from '#kernel';
import type { LogReader, ReadEvent } from './prepare.js';

/** So many events are in memory at once: few enough to be gone before the collector has to carry them about. */
const PIECE_EVENTS = 500;

/** Reads batches of the log piece by piece. */
export class LogPieces {
  constructor(private readonly reader: LogReader) {}

  /** @param upTo none behind it are read: those who follow have not seen them, and whoever catches up is to meet them */
  first(after: Position, most: number, upTo: Position | undefined): Promise<ReadEvent[]> {
    return this.readAfter(after, Math.min(PIECE_EVENTS, most), upTo);
  }

  /** The pieces of one batch, read as they are asked for. */
  async *from(
    first: readonly ReadEvent[],
    most: number,
    upTo: Position | undefined,
  ): AsyncGenerator<readonly ReadEvent[]> {
    let taken = 0;
    for (let piece = first; piece.length > 0;) {
      yield piece;
      // A long batch must not keep reports and orders of this thread from their turn.
      await nextTurn();
      taken += piece.length;
      piece = await this.readAfter(piece.at(-1)!.position, Math.min(PIECE_EVENTS, most - taken), upTo);
    }
  }

  private async readAfter(after: Position, most: number, upTo: Position | undefined): Promise<ReadEvent[]> {
    if (most <= 0) return [];
    const from = comparePositions(after, START) === 0 ? 'start' : after;
    const events =
      this.reader.readTextBatch?.(after, most) ?? (await this.reader.readAll({ from, maxCount: most + 1 }));
    return events.filter(
      ({ position }) =>
        comparePositions(position, after) > 0 && (upTo === undefined || comparePositions(position, upTo) <= 0),
    );
  }
}
