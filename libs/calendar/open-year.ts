import type { DayHours } from './day-hours.js';
import { DAY_MS } from './local-day.js';
import { startOfYear, type OffsetSpan, type Zone } from './zone.js';

/**
 * The open time of one year of UTC, ready for arithmetic: intervals in order that do not touch one another, and how much
 * open time lies before each. `beforeMs` has one entry more than there are intervals: the open time of the whole year.
 */
export interface OpenYear {
  readonly fromMs: number;
  readonly toMs: number;
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  readonly beforeMs: Float64Array;
  readonly totalMs: number;
}

interface Interval {
  readonly fromMs: number;
  toMs: number;
}

/**
 * Hours are what the clock on the wall shows. So each stretch of equal offset cuts its piece out of local time, and the
 * missing and the doubled hour need no rule of their own.
 */
export function compileYear(utcYear: number, hours: DayHours, zone: Zone): OpenYear {
  const [fromMs, toMs] = [startOfYear(utcYear), startOfYear(utcYear + 1)];
  const spans = zone.spansOf(utcYear);
  const local = localIntervals(spans, hours);
  const open: Interval[] = [];
  for (const span of spans) {
    for (const interval of local) {
      const opens = Math.max(interval.fromMs - span.offsetMs, span.fromMs);
      const closes = Math.min(interval.toMs - span.offsetMs, span.toMs);
      if (opens < closes) extend(open, opens, closes);
    }
  }
  const beforeMs = new Float64Array(open.length + 1);
  open.forEach((interval, at) => (beforeMs[at + 1] = beforeMs[at]! + interval.toMs - interval.fromMs));
  return {
    fromMs,
    toMs,
    startMs: Float64Array.from(open, (interval) => interval.fromMs),
    endMs: Float64Array.from(open, (interval) => interval.toMs),
    beforeMs,
    totalMs: beforeMs[open.length]!,
  };
}

/** The hours of all days that can reach into the year, on the clock on the wall, in order and grown together. */
function localIntervals(spans: readonly OffsetSpan[], hours: DayHours): readonly Interval[] {
  const offsets = spans.map(({ offsetMs }) => offsetMs);
  const firstMs = spans[0]!.fromMs + Math.min(...offsets);
  const lastMs = spans.at(-1)!.toMs + Math.max(...offsets);
  const intervals: Interval[] = [];
  // A shift that begins on the day before can end on the first day.
  for (let day = Math.floor(firstMs / DAY_MS) - 1; day * DAY_MS < lastMs; day++) {
    for (const { fromMs, toMs } of hours.on(day)) extend(intervals, day * DAY_MS + fromMs, day * DAY_MS + toMs);
  }
  return intervals;
}

/** Adds an interval that begins no earlier than those before it. */
function extend(intervals: Interval[], fromMs: number, toMs: number): void {
  const last = intervals.at(-1);
  if (last === undefined || fromMs > last.toMs) intervals.push({ fromMs, toMs });
  else last.toMs = Math.max(last.toMs, toMs);
}

/** The last interval that begins at or before the instant; −1 where the year opens later. */
export const intervalAt = ({ startMs }: OpenYear, atMs: number): number => lastAtMost(startMs, startMs.length, atMs);

/** How much open time of the year lies before an instant of it. */
export function openBefore(year: OpenYear, atMs: number): number {
  const at = intervalAt(year, atMs);
  return at < 0 ? 0 : year.beforeMs[at]! + Math.min(atMs, year.endMs[at]!) - year.startMs[at]!;
}

/** The first instant before which that much open time of the year lies: at the end of an interval it is the close. */
export function earliestAfter(year: OpenYear, openMs: number): number {
  const at = lastAtMost(year.beforeMs, year.startMs.length, openMs);
  const interval = at > 0 && year.beforeMs[at] === openMs ? at - 1 : at;
  return year.startMs[interval]! + openMs - year.beforeMs[interval]!;
}

/** The last instant before which that much open time of the year lies: at the end of an interval it is the next opening. */
export function latestAfter(year: OpenYear, openMs: number): number {
  const at = lastAtMost(year.beforeMs, year.startMs.length, openMs);
  return year.startMs[at]! + openMs - year.beforeMs[at]!;
}

/** Binary search in ascending numbers: the last of the first `length` that is no greater; −1 where all are. */
function lastAtMost(numbers: Float64Array, length: number, limit: number): number {
  let low = -1;
  let high = length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= limit) low = middle;
    else high = middle;
  }
  return low;
}
