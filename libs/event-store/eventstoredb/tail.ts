import { comparePositions, type Position } from '#kernel';
import type { EventReader, ReadAllOptions } from '../port.js';

const LARGEST_PAGE = 512;

/**
 * Where the events end that subscriptions deliver. A server writes statistics of its own behind them, for days: what was
 * found to be system events once is not read again.
 */
export class Tail {
  private seen: Position | undefined;
  private last: Position | undefined;

  constructor(private readonly readAll: (options: ReadAllOptions) => ReturnType<EventReader['readAll']>) {}

  async delivered(): Promise<Position | undefined> {
    let end: Position | undefined;
    let from: Position | 'end' = 'end';
    for (let maxCount = 1; ; maxCount = Math.min(maxCount * 8, LARGEST_PAGE)) {
      const page = await this.readAll({ direction: 'backwards', from, maxCount });
      end ??= page[0]?.position;
      for (const { position, type } of page) {
        if (this.seen !== undefined && comparePositions(position, this.seen) <= 0) return this.found(end, this.last);
        if (!type.startsWith('$')) return this.found(end, position);
      }
      if (page.length < maxCount) return this.found(end, undefined);
      from = page.at(-1)!.position;
    }
  }

  /** Of two answers that cross the later one counts. */
  private found(end: Position | undefined, last: Position | undefined): Position | undefined {
    if (end !== undefined && (this.seen === undefined || comparePositions(end, this.seen) > 0)) {
      this.seen = end;
      this.last = last;
    }
    return last;
  }
}
