export const DAY_MS = 86_400_000;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A day of some place's own calendar, as whole days since 1 January 1970; it has no zone. */
export type LocalDay = number;

/** The day of a date of the Gregorian calendar; months count from 1. A day beyond its month runs over into the next. */
export function localDay(year: number, month: number, day: number): LocalDay {
  const inOrder = new Date(0);
  // Date.UTC takes the years 0 to 99 for the twentieth century.
  inOrder.setUTCFullYear(year, month - 1, day);
  return inOrder.getTime() / DAY_MS;
}

export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function dateOf(day: LocalDay): LocalDate {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Monday is 0. */
export const weekdayOf = (day: LocalDay): number => (((day + 3) % 7) + 7) % 7;

/** `2026-01-05` */
export const dateText = (day: LocalDay): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Reads `2026-01-05`; undefined where the text is no date or the day does not exist. */
export function parseDate(text: string): LocalDay | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return day >= 1 && day <= daysInMonth(year, month) ? localDay(year, month, day) : undefined;
}

export const daysInMonth = (year: number, month: number): number =>
  month < 1 || month > 12 ? 0 : localDay(year, month + 1, 1) - localDay(year, month, 1);

/** The key under which a day that returns every year is kept: 1225 for Christmas Day. */
export const yearlyKey = (month: number, day: number): number => month * 100 + day;

/** Reads `12-25`; 29 February exists in leap years only, and so does a holiday on it. */
export function parseYearly(text: string): number | undefined {
  const match = /^(\d{2})-(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [month, day] = [Number(match[1]), Number(match[2])];
  const A_LEAP_YEAR = 2024;
  return day >= 1 && day <= daysInMonth(A_LEAP_YEAR, month) ? yearlyKey(month, day) : undefined;
}
