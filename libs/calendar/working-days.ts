import type { Refusal } from '#kernel';
import type { Calendar } from './calendar.js';
import { DAY_MS, dateOf, daysInMonth, localDay, type LocalDay } from './local-day.js';
import { lastOpen, LONGEST_MS, tooLong } from './open-time.js';

export interface WorkingDay {
  readonly atMs: number;
  /** The working days that were counted, in the order of counting. */
  readonly counted: readonly LocalDay[];
}

/**
 * The same time of day on the Nth working day after the day of an instant (before it where `step` is −1), or the close of
 * that day. The day of the start does not count, whether it is a working day or not; so from a Saturday the first working
 * day is Monday, at the time of day at which the Saturday's instant was. No day at all: the day itself, or the nearest
 * working day in that direction.
 * @returns BUDGET_TOO_LONG where there are too few working days in 50 years
 */
export function workingDaysFrom(
  calendar: Calendar,
  atMs: number,
  budget: { readonly days: number; readonly atClose: boolean },
  step: 1 | -1,
): WorkingDay | Refusal {
  const { hours, zone } = calendar;
  const localMs = zone.localMs(atMs);
  const start = calendar.dayAt(atMs);
  const counted: LocalDay[] = [];
  let day = budget.days === 0 ? start - step : start;
  while (counted.length < Math.max(budget.days, 1)) {
    day += step;
    if (Math.abs(day - start) * DAY_MS > LONGEST_MS) return tooLong({ from: atMs });
    if (hours.isWorkingDay(day)) counted.push(day);
  }
  if (!budget.atClose) return { atMs: zone.instantMs(day * DAY_MS + (localMs - start * DAY_MS)), counted };
  const closeMs = Math.max(...hours.on(day).map(({ toMs }) => toMs));
  // A close within the missing hour is the instant at which the clocks leapt.
  const instantMs = zone.instantMs(day * DAY_MS + closeMs, 'second');
  return { atMs: lastOpen(calendar, instantMs) ?? instantMs, counted };
}

/** How many working days lie after the day of one instant up to the day of another; negative where that is earlier. */
export function workingDaysBetween(calendar: Calendar, fromMs: number, toMs: number): number {
  const [from, to] = [calendar.dayAt(fromMs), calendar.dayAt(toMs)];
  return to < from ? 0 - countWorkingDays(calendar, to, from - 1) : countWorkingDays(calendar, from + 1, to);
}

/** The working days from one day to another, both included. */
function countWorkingDays(calendar: Calendar, first: LocalDay, last: LocalDay): number {
  let count = 0;
  for (let day = first; day <= last; day++) if (calendar.hours.isWorkingDay(day)) count++;
  return count;
}

/** The working days of a calendar year. */
export const workingDaysOfYear = (calendar: Calendar, year: number): number =>
  countWorkingDays(calendar, localDay(year, 1, 1), localDay(year, 12, 31));

/**
 * The same day and time of day some months on (back where negative). A month that is too short for the day gives its last
 * day: 31 January and `1mo` is 28 or 29 February.
 */
export function monthsFrom(calendar: Calendar, atMs: number, months: number): number {
  const start = calendar.dayAt(atMs);
  const timeOfDayMs = calendar.zone.localMs(atMs) - start * DAY_MS;
  const { year, month, day } = dateOf(start);
  const months0 = year * 12 + (month - 1) + months;
  const [toYear, toMonth] = [Math.floor(months0 / 12), (((months0 % 12) + 12) % 12) + 1];
  const to = localDay(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)));
  return calendar.zone.instantMs(to * DAY_MS + timeOfDayMs);
}
