import { dateOf, weekdayOf, yearlyKey, type LocalDay } from './local-day.js';
import type { PublicDays, PublicHolidays } from './public-holidays.js';
import type { CalendarRules, DaySpan } from './read-definition.js';

const CLOSED: readonly DaySpan[] = [];

/** Which hours a place works on a day: the first rule that speaks of the day holds. */
export class DayHours {
  private readonly publicDays = new Map<number, PublicDays | undefined>();

  constructor(
    private readonly rules: CalendarRules,
    private readonly publicHolidays: PublicHolidays | undefined,
  ) {}

  on(day: LocalDay): readonly DaySpan[] {
    const own = this.rules.days.get(day);
    if (own !== undefined) return own;
    const { year, month, day: ofMonth } = dateOf(day);
    if (this.rules.holidays.has(day) || this.rules.yearly.has(yearlyKey(month, ofMonth))) return CLOSED;
    const publicDays = this.publicDaysOf(year);
    if (publicDays?.workdays.has(day)) return this.rules.makeUpHours;
    if (publicDays?.holidays.has(day)) return CLOSED;
    return this.rules.week[weekdayOf(day)]!;
  }

  /** A day on which any hour is worked is a working day (工作日), a half day too. */
  isWorkingDay = (day: LocalDay): boolean => this.on(day).length > 0;

  /** K-10: false where the country's calendar of the year has not been announced, and only the week is known. */
  isPublished = (year: number): boolean => this.publicHolidays === undefined || this.publicDaysOf(year) !== undefined;

  private publicDaysOf(year: number): PublicDays | undefined {
    if (this.publicHolidays === undefined) return undefined;
    if (!this.publicDays.has(year)) this.publicDays.set(year, this.publicHolidays.ofYear(year));
    return this.publicDays.get(year);
  }
}
