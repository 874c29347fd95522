import type { EventRow } from '../../embedded/rows.js';

const FIRST = 64;
const SMALLEST = 4;
const LARGEST = 1_000;
/** A page should hold about so much: events of a mebibyte must not come by the hundred. */
const BYTES = 1024 * 1024;

/** How many events to read at once: few at first, then as many as fit, going by the last page. */
export class PageSize {
  private size = FIRST;

  next(left: number): number {
    return Math.min(this.size, left);
  }

  learn(rows: readonly EventRow[]): void {
    const bytes = rows.reduce((sum, row) => sum + row[8].length, 0);
    const fitting = Math.floor((BYTES * rows.length) / (bytes + 1));
    this.size = Math.max(SMALLEST, Math.min(LARGEST, this.size * 4, fitting));
  }
}
