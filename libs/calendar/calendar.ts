import { createHash } from 'node:crypto';
import { isRefusal, type Refusal } from '#kernel';
import { DayHours } from './day-hours.js';
import type { CalendarDefinition } from './definition.js';
import { DAY_MS, dateOf, type LocalDay } from './local-day.js';
import { compileYear, type OpenYear } from './open-year.js';
import { publicHolidays, type PublicHolidays } from './public-holidays.js';
import { readDefinition } from './read-definition.js';
import { SNAPSHOTS, type Snapshot } from './snapshots/index.js';
import { utcYearOf, zoneNamed, type Zone } from './zone.js';

/** So that instants of all ages, asked for one after the other, cannot fill the memory. */
const MOST_YEARS_KEPT = 200;

/** A definition made ready: years are compiled when they are first asked for, and kept. */
export class Calendar {
  private readonly years = new Map<number, OpenYear>();
  private latest: OpenYear | undefined;

  constructor(
    readonly zone: Zone,
    readonly hours: DayHours,
    /** Tells calendars apart (K-9): a digest of the definition, and where the public holidays come from. */
    readonly version: string,
  ) {}

  /** The open time of the year of UTC in which an instant lies. */
  yearAt(atMs: number): OpenYear {
    if (this.latest === undefined || atMs < this.latest.fromMs || atMs >= this.latest.toMs) {
      this.latest = this.compiled(utcYearOf(atMs));
    }
    return this.latest;
  }

  yearAfter = (year: OpenYear): OpenYear => this.yearAt(year.toMs);
  yearBefore = (year: OpenYear): OpenYear => this.yearAt(year.fromMs - 1);

  /** The day on the wall calendar of the place. */
  dayAt = (atMs: number): LocalDay => Math.floor(this.zone.localMs(atMs) / DAY_MS);

  /** K-10: the years between two instants, on the clock of the place and both included, that are not announced yet. */
  unpublishedYears(fromMs: number, toMs: number): readonly number[] {
    const first = dateOf(this.dayAt(fromMs)).year;
    const last = dateOf(this.dayAt(toMs)).year;
    const years = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    return years.filter((year) => !this.hours.isPublished(year));
  }

  private compiled(utcYear: number): OpenYear {
    const known = this.years.get(utcYear);
    if (known) return known;
    if (this.years.size >= MOST_YEARS_KEPT) this.years.clear();
    const year = compileYear(utcYear, this.hours, this.zone);
    this.years.set(utcYear, year);
    return year;
  }
}

/**
 * Makes a calendar ready for arithmetic.
 * @param snapshots the published holidays it may lean on; all that are shipped unless said otherwise
 * @returns CALENDAR_MALFORMED, CALENDAR_WITHOUT_WORKING_TIME, UNKNOWN_ZONE, UNKNOWN_COUNTRY or UNKNOWN_SNAPSHOT
 */
export function prepareCalendar(
  definition: CalendarDefinition,
  snapshots: readonly Snapshot[] = SNAPSHOTS,
): Calendar | Refusal {
  const rules = readDefinition(definition);
  if (isRefusal(rules)) return rules;
  const zone = zoneNamed(rules.zone);
  if (isRefusal(zone)) return zone;
  const holidays: PublicHolidays | Refusal | undefined =
    rules.country === undefined ? undefined : publicHolidays(rules.country, rules.snapshot, snapshots);
  if (isRefusal(holidays)) return holidays;
  const digest = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 12);
  const version = holidays === undefined ? digest : `${digest} (${holidays.source})`;
  return new Calendar(zone, new DayHours(rules, holidays), version);
}
