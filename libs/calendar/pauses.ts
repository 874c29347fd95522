import { epochMs, isRefusal, refuse, type Instant, type Refusal } from '#kernel';
import type { Calendar } from './calendar.js';
import { LONGEST_MS, openTimeAfter, openTimeBefore, openTimeBetween, tooLong, type Interval } from './open-time.js';

/** A time in which a clock does not run, from an instant up to another. */
export interface Pause {
  readonly from: Instant;
  readonly to: Instant;
}

/** Pauses in order, grown together where they touch or overlap: however a pause was split, it is the same. */
export type Pauses = readonly Interval[];

export const NO_PAUSES: Pauses = [];

/** @returns PAUSE_ENDS_BEFORE_IT_BEGINS */
export function inOrder(pauses: readonly Pause[]): Pauses | Refusal {
  const reversed = pauses.find(({ from, to }) => to < from);
  if (reversed) return refuse('PAUSE_ENDS_BEFORE_IT_BEGINS', { from: reversed.from, to: reversed.to });
  const ordered = pauses
    .filter(({ from, to }) => from < to)
    .map(({ from, to }) => ({ fromMs: epochMs(from), toMs: epochMs(to) }))
    .sort((a, b) => a.fromMs - b.fromMs);
  const merged: { fromMs: number; toMs: number }[] = [];
  for (const pause of ordered) {
    const last = merged.at(-1);
    if (last && pause.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, pause.toMs);
    else merged.push({ ...pause });
  }
  return merged;
}

/** How time is counted: the open time of a calendar, or the time that elapses around the clock. */
export interface Measure {
  after(atMs: number, durationMs: number): number | Refusal;
  before(atMs: number, durationMs: number): number | Refusal;
  between(fromMs: number, toMs: number): number;
}

export const openTimeOf = (calendar: Calendar): Measure => ({
  after: (atMs, durationMs) => openTimeAfter(calendar, atMs, durationMs),
  before: (atMs, durationMs) => openTimeBefore(calendar, atMs, durationMs),
  between: (fromMs, toMs) => openTimeBetween(calendar, fromMs, toMs),
});

export const ELAPSED: Measure = {
  after: (atMs, durationMs) => (durationMs > LONGEST_MS ? tooLong({ from: atMs }) : atMs + durationMs),
  before: (atMs, durationMs) => (durationMs > LONGEST_MS ? tooLong({ from: atMs }) : atMs - durationMs),
  between: (fromMs, toMs) => toMs - fromMs,
};

/** The instant at which a time has run, where it does not run in pauses. */
export function runAfter(measure: Measure, startMs: number, budgetMs: number, pauses: Pauses): number | Refusal {
  let atMs = startMs;
  let leftMs = budgetMs;
  for (const { fromMs, toMs } of pauses) {
    if (toMs <= atMs) continue;
    if (fromMs - startMs > LONGEST_MS) break;
    if (fromMs > atMs) {
      const runMs = measure.between(atMs, fromMs);
      // Where no time is left to run, the clock only has to find an instant at which it would.
      if (leftMs > 0 ? leftMs <= runMs : runMs > 0) break;
      leftMs -= runMs;
    }
    atMs = toMs;
  }
  return withinReach(startMs, measure.after(atMs, leftMs));
}

/** The instant from which a time runs until another, where it does not run in pauses. */
export function runBefore(measure: Measure, endMs: number, budgetMs: number, pauses: Pauses): number | Refusal {
  let atMs = endMs;
  let leftMs = budgetMs;
  for (const { fromMs, toMs } of [...pauses].reverse()) {
    if (fromMs >= atMs) continue;
    if (endMs - toMs > LONGEST_MS) break;
    if (toMs < atMs) {
      const runMs = measure.between(toMs, atMs);
      if (leftMs > 0 ? leftMs <= runMs : runMs > 0) break;
      leftMs -= runMs;
    }
    atMs = fromMs;
  }
  return withinReach(endMs, measure.before(atMs, leftMs));
}

const withinReach = (fromMs: number, toMs: number | Refusal): number | Refusal =>
  isRefusal(toMs) || Math.abs(toMs - fromMs) <= LONGEST_MS ? toMs : tooLong({ from: fromMs });

/** The time that runs between two instants: negative where the second is the earlier one. */
export function runBetween(measure: Measure, fromMs: number, toMs: number, pauses: Pauses): number {
  if (toMs < fromMs) return 0 - runBetween(measure, toMs, fromMs, pauses);
  return measure.between(fromMs, toMs) - pausedBetween(measure, fromMs, toMs, pauses);
}

/** The time between two instants that pauses cover. */
export function pausedBetween(measure: Measure, fromMs: number, toMs: number, pauses: Pauses): number {
  let sumMs = 0;
  for (const pause of pauses) {
    const begins = Math.max(pause.fromMs, fromMs);
    const ends = Math.min(pause.toMs, toMs);
    if (begins < ends) sumMs += measure.between(begins, ends);
  }
  return sumMs;
}
