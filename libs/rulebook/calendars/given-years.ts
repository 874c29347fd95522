import { refuse, type JsonObject, type Refusal } from '#kernel';
import { z } from 'zod';

/** The days of one year as they were announced: dates `01-01` and stretches `02-05/02-12`, both ends included. */
export type YearDays = { readonly holidays: readonly string[]; readonly workdays: readonly string[] };
export type Years = Readonly<Record<string, YearDays>>;

/** What an operator gives: the years that a country has announced. */
export interface GivenYears {
  readonly country: string;
  readonly years: Years;
  readonly source: string;
  /** The years that are known otherwise so far and are meant to be changed. */
  readonly corrects: readonly string[];
}

const days = z.array(z.string()).default([]);
const givenYears = z.strictObject({
  country: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,8}){0,2}$/, 'must be a country such as CN, or a region such as DE-BY'),
  years: z.record(z.string(), z.strictObject({ holidays: days, workdays: days })),
  source: z.string().trim().min(1, 'must say who announced it').max(500),
  corrects: z.array(z.string()).default([]),
});

/** One thing that is wrong, and where. */
type Fault = { readonly at: string; readonly reason: string };

/**
 * Reads what an operator gave, whatever it turns out to be.
 * @returns CALENDAR_WRONG with every fault: where it stands, and why
 */
export function readGivenYears(given: unknown): GivenYears | Refusal {
  const read = givenYears.safeParse(given);
  if (!read.success) {
    return wrong(
      read.error.issues.map(({ path, message }) => ({ at: path.join('.') || 'the calendar', reason: message })),
    );
  }
  const { years, corrects } = read.data;
  const faults = Object.entries(years).flatMap(([year, its]) => faultsOfYear(year, its));
  if (Object.keys(years).length === 0) faults.push({ at: 'years', reason: 'must hold at least one year' });
  for (const year of corrects) {
    if (years[year] === undefined) faults.push({ at: 'corrects', reason: `${year} is not among the years given` });
  }
  return faults.length > 0 ? wrong(faults) : read.data;
}

const wrong = (faults: readonly Fault[]): Refusal =>
  refuse('CALENDAR_WRONG', { faults: faults as readonly JsonObject[] });

function faultsOfYear(year: string, { holidays, workdays }: YearDays): Fault[] {
  if (!YEAR.test(year)) return [{ at: `years.${year}`, reason: 'is no year of four digits' }];
  const faults: Fault[] = [];
  const read = (list: 'holidays' | 'workdays', texts: readonly string[]): Set<string> => {
    const found = new Set<string>();
    texts.forEach((text, index) => {
      const at = `years.${year}.${list}.${index}`;
      const stretch = datesOf(year, text);
      if (typeof stretch === 'string') return void faults.push({ at, reason: stretch });
      for (const date of stretch) {
        if (found.has(date)) faults.push({ at, reason: `${date} is named twice` });
        found.add(date);
      }
    });
    return found;
  };
  const [off, worked] = [read('holidays', holidays), read('workdays', workdays)];
  if (holidays.length === 0) {
    faults.push({ at: `years.${year}.holidays`, reason: 'a year that was announced has at least one holiday' });
  }
  for (const date of worked) {
    if (off.has(date))
      faults.push({ at: `years.${year}.workdays`, reason: `${date} is a holiday as well: it is one of the two` });
  }
  return faults;
}

const YEAR = /^(19|20|21)\d\d$/;
const STRETCH = /^(\d{2}-\d{2})(?:\/(\d{2}-\d{2}))?$/;
const DAY_MS = 86_400_000;

/** The dates of an entry, or what is wrong with it. */
function datesOf(year: string, text: string): readonly string[] | string {
  const match = STRETCH.exec(text);
  if (!match) return `"${text}" is no date such as 01-01 and no stretch such as 02-05/02-12`;
  const [first, last = first] = [match[1]!, match[2]];
  for (const date of [first, last]) {
    if (!exists(`${year}-${date}`)) return `${year}-${date} does not exist`;
  }
  if (last < first) {
    return `${first}/${last} ends before it begins: what goes over New Year stands in two years`;
  }
  const [from, to] = [Date.parse(`${year}-${first}`), Date.parse(`${year}-${last}`)];
  return Array.from({ length: (to - from) / DAY_MS + 1 }, (_, day) => dateAt(from + day * DAY_MS));
}

const dateAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `Date.parse` takes 30 February for 2 March. */
function exists(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && dateAt(ms) === date;
}

/** Whether two tellings of a year name the same days, however they are written. */
export function isSameYear(year: string, a: YearDays, b: YearDays): boolean {
  return (['holidays', 'workdays'] as const).every((list) => {
    const [ours, theirs] = [a[list], b[list]].map((texts) =>
      texts
        .flatMap((text) => datesOf(year, text))
        .sort()
        .join(),
    );
    return ours === theirs;
  });
}
