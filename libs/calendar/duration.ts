import { plusMs, type Instant } from '#kernel';

/**
 * A length of time as a pack writes it. `elapsed` runs around the clock (`2d` is 48 hours whatever the calendar); `open`
 * counts the open hours of a calendar, and where there is none every hour is open, so that the two are one.
 */
export interface Duration {
  readonly text: string;
  readonly measure: 'elapsed' | 'open';
  readonly durationMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNIT_MS = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS } as const;
const ELAPSED = /^(\d{1,6})([dhms])$/;
const OPEN = /^PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?$/;

/**
 * Reads `2d`, `24h`, `90m`, `45s` (elapsed) or `PT8H`, `PT1H30M` (open).
 * @throws RangeError with what is allowed, where the text is something else, zero or negative
 */
export function parseDuration(text: string): Duration {
  const elapsed = ELAPSED.exec(text);
  if (elapsed) return positive(text, 'elapsed', Number(elapsed[1]) * UNIT_MS[elapsed[2] as keyof typeof UNIT_MS]);
  const open = OPEN.exec(text);
  if (open && text !== 'PT') {
    const [hours, minutes, seconds] = [open[1], open[2], open[3]].map((digits) => Number(digits ?? 0));
    return positive(text, 'open', hours! * HOUR_MS + minutes! * MINUTE_MS + seconds! * SECOND_MS);
  }
  throw new RangeError(`"${text}" is no duration: write 2d, 24h, 90m or 45s (elapsed), or PT8H (open time)`);
}

function positive(text: string, measure: Duration['measure'], durationMs: number): Duration {
  if (durationMs <= 0) throw new RangeError(`"${text}" is no time at all: a duration must be longer than zero`);
  return { text, measure, durationMs };
}

/** The instant a duration later, around the clock. */
export const addElapsed = (at: Instant, duration: Duration): Instant => plusMs(at, duration.durationMs);
