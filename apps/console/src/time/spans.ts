const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface SpanWords {
  readonly d: string;
  readonly h: string;
  readonly min: string;
  readonly s: string;
}

/** The two largest units of a span, e.g. `3 h 12 min`, `2 d 4 h`, `12 min 05 s`; days are of 24 hours. */
export function spanText(spanMs: number, words: SpanWords): string {
  const ms = Math.max(0, spanMs);
  const part = (unitMs: number, ofMs: number) => Math.floor((ms % ofMs) / unitMs);
  if (ms >= 10 * DAY_MS) return `${Math.floor(ms / DAY_MS)} ${words.d}`;
  if (ms >= DAY_MS) return pair(Math.floor(ms / DAY_MS), words.d, part(HOUR_MS, DAY_MS), words.h);
  if (ms >= HOUR_MS) return pair(Math.floor(ms / HOUR_MS), words.h, part(MINUTE_MS, HOUR_MS), words.min);
  return pair(Math.floor(ms / MINUTE_MS), words.min, part(SECOND_MS, MINUTE_MS), words.s);
}

const pair = (large: number, largeWord: string, small: number, smallWord: string): string =>
  large === 0
    ? `${small} ${smallWord}`
    : `${large} ${largeWord} ${String(small).padStart(2, '0')} ${smallWord}`.replace(/ 00 \S+$/, '');

/** Hours, minutes and seconds, e.g. `46 h 30 min`: counted hours are not turned into days, which every calendar has of its own length. */
export function hoursText(spanMs: number, words: SpanWords, to: 'seconds' | 'minutes' = 'seconds'): string {
  const ms = Math.max(0, spanMs);
  const parts = [
    [Math.floor(ms / HOUR_MS), words.h],
    [Math.floor((ms % HOUR_MS) / MINUTE_MS), words.min],
    [to === 'minutes' && ms >= MINUTE_MS ? 0 : Math.floor((ms % MINUTE_MS) / SECOND_MS), words.s],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count} ${unit}`)
      .join(' ') || `0 ${words.h}`
  );
}

/** The largest unit alone: how long ago something was need not be exact. */
export function roughSpanText(spanMs: number, words: SpanWords): string {
  if (spanMs >= DAY_MS) return `${Math.floor(spanMs / DAY_MS)} ${words.d}`;
  if (spanMs >= HOUR_MS) return `${Math.floor(spanMs / HOUR_MS)} ${words.h}`;
  return `${Math.floor(spanMs / MINUTE_MS)} ${words.min}`;
}

export type Urgency = 'late' | 'soon' | 'calm';

/** What is due within a day is worth a look; the counters on the board draw the same line. */
export const SOON_MS = DAY_MS;

export const urgencyOf = (leftMs: number): Urgency => (leftMs < 0 ? 'late' : leftMs < SOON_MS ? 'soon' : 'calm');
