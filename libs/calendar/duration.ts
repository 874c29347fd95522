import { isRefusal, plusMs, type Instant } from '#kernel';
import { parseBudget } from './budget.js';

/**
 * A length of time that a place without a calendar can keep. `elapsed` runs around the clock (`2d` is 48 hours whatever the
 * calendar); `open` counts the open hours of a calendar, and where there is none every hour is open, so that the two are one.
 */
export interface Duration {
  readonly text: string;
  readonly measure: 'elapsed' | 'open';
  readonly durationMs: number;
}

/**
 * Reads `2d`, `24h`, `90m`, `45s` (elapsed) or `PT8H`, `PT1H30M` (open).
 * @throws RangeError with what is allowed, where the text is something else, zero, negative, or more than 50 years
 */
export function parseDuration(text: string): Duration {
  const budget = parseBudget(text);
  if (isRefusal(budget) || budget.measure === 'working-days' || budget.measure === 'months') {
    throw new RangeError(`"${text}" is no duration: write 2d, 24h, 90m or 45s (elapsed), or PT8H (open time)`);
  }
  const { measure, durationMs } = budget;
  if (budget.direction === 'back' || durationMs === 0) {
    throw new RangeError(`"${text}" is no time at all: a duration must be longer than zero`);
  }
  return { text, measure, durationMs };
}

/** The instant a duration later, around the clock. */
export const addElapsed = (at: Instant, duration: Duration): Instant => plusMs(at, duration.durationMs);
