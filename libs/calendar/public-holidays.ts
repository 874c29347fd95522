import { createRequire } from 'node:module';
import { refuse, type Refusal } from '#kernel';
import { DAY_MS, localDay, parseDate, type LocalDay } from './local-day.js';
import type { Snapshot } from './snapshots/index.js';

/** What the law of a country says about the days of a year. */
export interface PublicDays {
  readonly holidays: ReadonlySet<LocalDay>;
  /** Days off by the week that are worked nevertheless, to make up for a longer holiday (调休). */
  readonly workdays: ReadonlySet<LocalDay>;
}

export interface PublicHolidays {
  /** Where the days come from: the id of a snapshot, or the version of the rules. */
  readonly source: string;
  /** @returns undefined for a year that nobody has announced yet (K-10) */
  ofYear(year: number): PublicDays | undefined;
}

/**
 * The public holidays of a country: from its newest snapshot, or the one that is named; a country without a snapshot has
 * its holidays by rule, from `date-holidays`.
 * @returns UNKNOWN_SNAPSHOT or UNKNOWN_COUNTRY
 */
export function publicHolidays(
  country: string,
  snapshotId: string | undefined,
  snapshots: readonly Snapshot[],
): PublicHolidays | Refusal {
  const ofCountry = snapshots.filter((it) => it.country === country);
  const snapshot = snapshotId === undefined ? ofCountry.at(-1) : ofCountry.find(({ id }) => id === snapshotId);
  if (snapshot) return published(snapshot);
  if (snapshotId === undefined) return byRule(country);
  return refuse('UNKNOWN_SNAPSHOT', { snapshot: snapshotId, known: ofCountry.map(({ id }) => id) });
}

function published(snapshot: Snapshot): PublicHolidays {
  const days = (year: number, texts: readonly string[]): ReadonlySet<LocalDay> =>
    new Set(texts.flatMap((text) => stretch(year, text)));
  const ofYear = (year: number): PublicDays | undefined => {
    const its = snapshot.published.includes(year) ? snapshot.years[year] : undefined;
    return its && { holidays: days(year, its.holidays), workdays: days(year, its.workdays) };
  };
  return { source: snapshot.id, ofYear };
}

function stretch(year: number, text: string): readonly LocalDay[] {
  const [from, to] = text.split('/');
  const first = parseDate(`${year}-${from}`)!;
  const last = to === undefined ? first : parseDate(`${year}-${to}`)!;
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

type Rules = typeof import('date-holidays');
const require = createRequire(import.meta.url);
const rulesOf = new Map<string, PublicHolidays>();

/** The rules of all countries take a sixth of a second to load: only who needs them waits for them. */
function byRule(country: string): PublicHolidays | Refusal {
  const known = rulesOf.get(country);
  if (known) return known;
  const Holidays = require('date-holidays') as Rules['default'];
  const [code, ...regions] = country.split('-');
  // In UTC the library's instants are the days of the place itself.
  const options = { timezone: 'UTC', types: ['public' as const] };
  const rules = new Holidays(code!, options);
  const isCountry = /^[A-Z]{2}$/.test(code!) && code! in rules.getCountries();
  if (!isCountry || !isRegion(rules, code!, regions)) return refuse('UNKNOWN_COUNTRY', { country });
  if (regions.length > 0) rules.init(code!, regions[0]!, regions[1] ?? '', options);
  const { version } = require('date-holidays/package.json') as { version: string };
  const holidays = { source: `${country} by date-holidays ${version}`, ofYear: kept((year) => days(rules, year)) };
  rulesOf.set(country, holidays);
  return holidays;
}

type Holidays = InstanceType<Rules['default']>;

function isRegion(rules: Holidays, code: string, [state, region, ...more]: readonly string[]): boolean {
  if (more.length > 0) return false;
  if (state === undefined) return true;
  if (!(state in (rules.getStates(code) ?? {}))) return false;
  return region === undefined || region in (rules.getRegions(code, state) ?? {});
}

/** A holiday takes the days whose noon it covers, so that one which begins at sunset does not take the day before. */
function days(rules: Holidays, year: number): PublicDays | undefined {
  const holidays = new Set<LocalDay>();
  for (const { start, end } of rules.getHolidays(year)) {
    const first = Math.ceil(start.getTime() / DAY_MS - 0.5);
    for (let day = first; (day + 0.5) * DAY_MS < end.getTime(); day++) holidays.add(day);
  }
  // A year in which a country has no holiday at all is one of which the rules know nothing.
  const isKnown = [...holidays].some((day) => day >= localDay(year, 1, 1) && day < localDay(year + 1, 1, 1));
  return isKnown ? { holidays, workdays: new Set() } : undefined;
}

function kept<T>(ofYear: (year: number) => T): (year: number) => T {
  const years = new Map<number, T>();
  return (year) => {
    if (!years.has(year)) years.set(year, ofYear(year));
    return years.get(year)!;
  };
}
