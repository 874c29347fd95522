import { refuse, type Refusal } from '#kernel';
import type { Calendar } from './calendar.js';
import { DAY_MS } from './local-day.js';
import { earliestAfter, intervalAt, latestAfter, openBefore } from './open-year.js';

/** 50 years with the most leap days they can have: beyond it a budget is a mistake rather than a deadline. */
export const LONGEST_MS = 18_263 * DAY_MS;

export const tooLong = (facts: { readonly budgetMs?: number; readonly from: number }): Refusal =>
  refuse('BUDGET_TOO_LONG', { ...facts, from: new Date(facts.from).toISOString(), atMost: '50 years' });

/**
 * The instant at which an open time (ms) has run after an instant (epoch ms). A budget that ends exactly at a close is due
 * at that closing instant, not at the next opening. No time at all leads to the next opening, which is the instant itself
 * while it is open.
 * @returns BUDGET_TOO_LONG where it would take more than 50 years
 */
export function openTimeAfter(calendar: Calendar, atMs: number, budgetMs: number): number | Refusal {
  if (budgetMs === 0) return nextOpening(calendar, atMs) ?? tooLong({ budgetMs, from: atMs });
  let year = calendar.yearAt(atMs);
  let neededMs = openBefore(year, atMs) + budgetMs;
  while (neededMs > year.totalMs) {
    if (year.toMs - atMs > LONGEST_MS) return tooLong({ budgetMs, from: atMs });
    neededMs -= year.totalMs;
    year = calendar.yearAfter(year);
  }
  const dueMs = earliestAfter(year, neededMs);
  return dueMs - atMs > LONGEST_MS ? tooLong({ budgetMs, from: atMs }) : dueMs;
}

/**
 * The instant from which an open time (ms) runs until an instant (epoch ms): what `openTimeAfter` is in a mirror. A budget
 * that ends exactly at an opening leads to that opening, no time at all to the last instant that was open or a close.
 * @returns BUDGET_TOO_LONG where it would take more than 50 years
 */
export function openTimeBefore(calendar: Calendar, atMs: number, budgetMs: number): number | Refusal {
  if (budgetMs === 0) return lastOpen(calendar, atMs) ?? tooLong({ budgetMs, from: atMs });
  let year = calendar.yearAt(atMs);
  let leftMs = openBefore(year, atMs) - budgetMs;
  while (leftMs < 0) {
    if (atMs - year.fromMs > LONGEST_MS) return tooLong({ budgetMs, from: atMs });
    year = calendar.yearBefore(year);
    leftMs += year.totalMs;
  }
  const startMs = latestAfter(year, leftMs);
  return atMs - startMs > LONGEST_MS ? tooLong({ budgetMs, from: atMs }) : startMs;
}

/** The open time (ms) between two instants; negative where the second is the earlier one. */
export function openTimeBetween(calendar: Calendar, fromMs: number, toMs: number): number {
  if (toMs < fromMs) return 0 - openTimeBetween(calendar, toMs, fromMs);
  let year = calendar.yearAt(fromMs);
  let sumMs = 0 - openBefore(year, fromMs);
  while (toMs >= year.toMs) {
    sumMs += year.totalMs;
    year = calendar.yearAfter(year);
  }
  return sumMs + openBefore(year, toMs);
}

/** Whether work is done at an instant; at a close it is not. */
export function isOpen(calendar: Calendar, atMs: number): boolean {
  const year = calendar.yearAt(atMs);
  const at = intervalAt(year, atMs);
  return at >= 0 && atMs < year.endMs[at]!;
}

/** The first instant from here on that is open: this one while it is. @returns undefined where 50 years bring none */
export function nextOpening(calendar: Calendar, atMs: number): number | undefined {
  let year = calendar.yearAt(atMs);
  const at = intervalAt(year, atMs);
  if (at >= 0 && atMs < year.endMs[at]!) return atMs;
  let opening = year.startMs[at + 1];
  while (opening === undefined && year.toMs - atMs <= LONGEST_MS) {
    year = calendar.yearAfter(year);
    opening = year.startMs[0];
  }
  return opening;
}

/** The last instant up to here that is open or a close: this one while it is. @returns undefined where 50 years bring none */
export function lastOpen(calendar: Calendar, atMs: number): number | undefined {
  let year = calendar.yearAt(atMs);
  const at = intervalAt(year, atMs);
  if (at >= 0) return Math.min(atMs, year.endMs[at]!);
  let close: number | undefined;
  while (close === undefined && atMs - year.fromMs <= LONGEST_MS) {
    year = calendar.yearBefore(year);
    close = year.endMs.at(-1);
  }
  return close;
}

/**
 * The last instant up to here at which a place opened: of the interval that runs, or of the one before.
 * @returns undefined where 50 years bring none, e.g. of a place that never closes
 */
export function previousOpening(calendar: Calendar, atMs: number): number | undefined {
  let year = calendar.yearAt(atMs);
  let at = intervalAt(year, atMs);
  while (atMs - year.fromMs <= LONGEST_MS) {
    const opening = at < 0 ? undefined : year.startMs[at]!;
    // What stands open at New Year was opened in the year before.
    const wasOpen = opening === year.fromMs && calendar.yearBefore(year).endMs.at(-1) === opening;
    if (opening !== undefined && !wasOpen) return opening;
    year = calendar.yearBefore(year);
    at = year.startMs.length - 1;
  }
  return undefined;
}

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stretches of open time between two instants, cut to them, in order; those that touch at New Year are one. */
export function* openIntervals(calendar: Calendar, fromMs: number, toMs: number): Generator<Interval> {
  let pending: Interval | undefined;
  for (let year = calendar.yearAt(fromMs); year.fromMs < toMs; year = calendar.yearAfter(year)) {
    for (let at = Math.max(0, intervalAt(year, fromMs)); at < year.startMs.length; at++) {
      const opens = Math.max(year.startMs[at]!, fromMs);
      const closes = Math.min(year.endMs[at]!, toMs);
      if (opens >= toMs) break;
      if (opens >= closes) continue;
      if (pending !== undefined && pending.toMs === opens) {
        pending = { fromMs: pending.fromMs, toMs: closes };
      } else {
        if (pending !== undefined) yield pending;
        pending = { fromMs: opens, toMs: closes };
      }
    }
  }
  if (pending !== undefined) yield pending;
}
