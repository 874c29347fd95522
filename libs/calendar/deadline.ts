import { epochMs, instant, isRefusal, refuse, type Instant, type Refusal } from '#kernel';
import type { Budget } from './budget.js';
import type { Calendar } from './calendar.js';
import { dateText } from './local-day.js';
import { LONGEST_MS } from './open-time.js';
import {
  ELAPSED,
  inOrder,
  NO_PAUSES,
  openTimeOf,
  pausedBetween,
  runAfter,
  runBefore,
  runBetween,
  type Measure,
  type Pause,
  type Pauses,
} from './pauses.js';
import { monthsFrom, workingDaysFrom } from './working-days.js';

export interface Deadline {
  readonly dueAt: Instant;
  /** K-10: the years it reaches whose public holidays are not announced yet; where there are any it is provisional. */
  readonly unpublishedYears: readonly number[];
  /** Of a budget of working days: which ones were counted, before pauses pushed on. */
  readonly workingDays?: readonly string[];
  /** Of a budget of working days or months: how far pauses pushed it, in open or elapsed time. */
  readonly pushedMs?: number;
}

/**
 * When a budget that starts at an instant is used up. What happens at that instant itself is still in time (K-8), and a
 * budget of open time that ends exactly at a close is due at that closing instant.
 *
 * In a pause nothing runs. A budget of open or elapsed time goes on after it; one of working days is pushed on by the open
 * time that pauses cover, one of months by the time they cover, until nothing more is covered (DESIGN "Durations").
 * @returns BUDGET_TOO_LONG beyond 50 years, INSTANT_OUT_OF_RANGE beyond the years that instants can name, or
 *   PAUSE_ENDS_BEFORE_IT_BEGINS
 */
export function deadline(
  calendar: Calendar,
  start: Instant,
  budget: Budget,
  pauses: readonly Pause[] = [],
): Deadline | Refusal {
  const ordered = pauses.length === 0 ? NO_PAUSES : inOrder(pauses);
  if (isRefusal(ordered)) return ordered;
  const startMs = epochMs(start);
  const due = reckon(calendar, startMs, budget, ordered);
  if (isRefusal(due)) return due;
  const { dueMs, ...rest } = due;
  if (!canBeNamed(dueMs)) return refuse('INSTANT_OUT_OF_RANGE', { start, budget: budget.text });
  return { dueAt: instant(dueMs), unpublishedYears: unpublished(calendar, startMs, dueMs, budget), ...rest };
}

interface Due extends Pick<Deadline, 'workingDays' | 'pushedMs'> {
  readonly dueMs: number;
}

function reckon(calendar: Calendar, startMs: number, budget: Budget, pauses: Pauses): Due | Refusal {
  switch (budget.measure) {
    case 'open':
    case 'elapsed': {
      const dueMs = run(
        budget.measure === 'open' ? openTimeOf(calendar) : ELAPSED,
        startMs,
        budget.durationMs,
        budget,
        pauses,
      );
      return isRefusal(dueMs) ? dueMs : { dueMs };
    }
    case 'working-days': {
      const day = workingDaysFrom(calendar, startMs, budget, budget.direction === 'on' ? 1 : -1);
      if (isRefusal(day)) return day;
      const due = pushed(openTimeOf(calendar), startMs, day.atMs, budget, pauses);
      return isRefusal(due) ? due : { ...due, workingDays: day.counted.map(dateText) };
    }
    case 'months': {
      const day = monthsFrom(calendar, startMs, budget.direction === 'on' ? budget.months : -budget.months);
      return pushed(ELAPSED, startMs, day, budget, pauses);
    }
    default:
      return budget satisfies never;
  }
}

/** What of a budget's time pauses cover is run after it; what is covered meanwhile comes on top. */
function pushed(measure: Measure, startMs: number, dueMs: number, budget: Budget, pauses: Pauses): Due | Refusal {
  const coveredMs = pausedBetween(measure, Math.min(startMs, dueMs), Math.max(startMs, dueMs), pauses);
  if (coveredMs === 0) return { dueMs };
  const pushedMs = run(measure, dueMs, coveredMs, budget, pauses);
  return isRefusal(pushedMs) ? pushedMs : { dueMs: pushedMs, pushedMs: coveredMs };
}

const run = (measure: Measure, fromMs: number, durationMs: number, budget: Budget, pauses: Pauses): number | Refusal =>
  budget.direction === 'on'
    ? runAfter(measure, fromMs, durationMs, pauses)
    : runBefore(measure, fromMs, durationMs, pauses);

/** Open hours and working days are counted on the calendar, all else around the clock. */
export const isOnCalendar = ({ measure }: Budget): boolean => measure === 'open' || measure === 'working-days';

/** Only what leans on the calendar can be provisional; an open time that ends with a year does not reach the next. */
function unpublished(calendar: Calendar, startMs: number, dueMs: number, budget: Budget): readonly number[] {
  if (!isOnCalendar(budget)) return [];
  const [fromMs, toMs] = [Math.min(startMs, dueMs), Math.max(startMs, dueMs)];
  return calendar.unpublishedYears(fromMs, budget.measure === 'open' && toMs > fromMs ? toMs - 1 : toMs);
}

const FIRST_MS = epochMs('0000-01-01T00:00:00.000Z');
const LAST_MS = epochMs('9999-12-31T23:59:59.999Z');

/** Instants are written with four digits of a year. */
const canBeNamed = (atMs: number): boolean => atMs >= FIRST_MS && atMs <= LAST_MS;

export interface Elapsed {
  /** Open time of the calendar without the pauses; negative where the end lies before the start. */
  readonly elapsedMs: number;
  readonly unpublishedYears: readonly number[];
}

/**
 * How much open time of the calendar runs between two instants.
 * @returns SPAN_TOO_LONG beyond 50 years, or PAUSE_ENDS_BEFORE_IT_BEGINS
 */
export function elapsed(
  calendar: Calendar,
  start: Instant,
  end: Instant,
  pauses: readonly Pause[] = [],
): Elapsed | Refusal {
  const ordered = inOrder(pauses);
  if (isRefusal(ordered)) return ordered;
  const [startMs, endMs] = [epochMs(start), epochMs(end)];
  const [fromMs, toMs] = [Math.min(startMs, endMs), Math.max(startMs, endMs)];
  if (toMs - fromMs > LONGEST_MS) return refuse('SPAN_TOO_LONG', { start, end, atMost: '50 years' });
  return {
    elapsedMs: runBetween(openTimeOf(calendar), startMs, endMs, ordered),
    unpublishedYears: calendar.unpublishedYears(fromMs, toMs > fromMs ? toMs - 1 : toMs),
  };
}
