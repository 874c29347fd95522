import { refuse, type Refusal } from '#kernel';
import type { CalendarDefinition } from './definition.js';
import { DAY_MS, parseDate, parseYearly, WEEKDAYS, type LocalDay } from './local-day.js';

/** Hours of a day in ms from its midnight on the wall; `toMs` lies on the next day where it is beyond 24 hours. */
export interface DaySpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A definition that has been read: numbers instead of text. */
export interface CalendarRules {
  readonly zone: string;
  /** Monday first. */
  readonly week: readonly (readonly DaySpan[])[];
  readonly holidays: ReadonlySet<LocalDay>;
  /** Keys as of `yearlyKey`. */
  readonly yearly: ReadonlySet<number>;
  readonly days: ReadonlyMap<LocalDay, readonly DaySpan[]>;
  readonly country: string | undefined;
  readonly snapshot: string | undefined;
  readonly makeUpHours: readonly DaySpan[];
}

/** What is wrong with a definition and where; never leaves this file. */
class Malformed extends Error {
  constructor(
    readonly at: string,
    readonly found: unknown,
    readonly expected: string,
  ) {
    super(at);
  }
}

/**
 * Reads a calendar as a pack or a person wrote it, whatever it turns out to be.
 * @returns CALENDAR_MALFORMED with place, what stands there and what may stand there; CALENDAR_WITHOUT_WORKING_TIME
 */
export function readDefinition(definition: unknown): CalendarRules | Refusal {
  try {
    const rules = read(definition);
    const isEverOpen =
      rules.week.some(({ length }) => length > 0) || [...rules.days.values()].some((it) => it.length > 0);
    return isEverOpen ? rules : refuse('CALENDAR_WITHOUT_WORKING_TIME', {});
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const { at, found, expected } = error;
    return refuse('CALENDAR_MALFORMED', { at, found: JSON.stringify(found) ?? 'nothing', expected });
  }
}

const FIELDS: Readonly<Record<keyof CalendarDefinition, true>> = {
  zone: true,
  week: true,
  holidays: true,
  yearly: true,
  days: true,
  country: true,
  snapshot: true,
  makeUpHours: true,
};

function read(definition: unknown): CalendarRules {
  const fields = object(definition, 'calendar', Object.keys(FIELDS));
  const week = object(fields.week ?? {}, 'week', WEEKDAYS);
  const spans = WEEKDAYS.map((weekday) => hours(week[weekday] ?? [], `week.${weekday}`));
  const days = Object.entries(object(fields.days ?? {}, 'days')).map(
    ([date, its]) => [one(parseDate, 'days', 'a date such as 2026-12-24')(date), hours(its, `days.${date}`)] as const,
  );
  const makeUp = optionalText(fields.makeUpHours, 'makeUpHours');
  if (makeUp !== undefined && !(WEEKDAYS as readonly string[]).includes(makeUp)) {
    throw new Malformed('makeUpHours', makeUp, `one of ${WEEKDAYS.join(', ')}`);
  }
  if (fields.snapshot !== undefined && fields.country === undefined) {
    throw new Malformed('snapshot', fields.snapshot, 'nothing where no country is named');
  }
  return {
    zone: text(fields.zone, 'zone'),
    week: spans,
    holidays: new Set(list(fields.holidays, 'holidays').map(one(parseDate, 'holidays', 'a date such as 2026-01-01'))),
    yearly: new Set(list(fields.yearly, 'yearly').map(one(parseYearly, 'yearly', 'month and day such as 12-25'))),
    days: new Map(days),
    country: optionalText(fields.country, 'country'),
    snapshot: optionalText(fields.snapshot, 'snapshot'),
    makeUpHours:
      makeUp === undefined ? (spans.find(({ length }) => length > 0) ?? []) : spans[WEEKDAYS.indexOf(makeUp as 'mon')]!,
  };
}

function hours(value: unknown, at: string): readonly DaySpan[] {
  return list(value, at)
    .map((pair) => {
      const expected = 'an opening and a closing such as ["09:00", "17:30"]';
      if (!Array.isArray(pair) || pair.length !== 2) throw new Malformed(at, pair, expected);
      const [fromMs, toMs] = pair.map(one(parseTimeOfDay, at, 'a time such as 09:00, at most 24:00'));
      if (fromMs === toMs || fromMs === DAY_MS) throw new Malformed(at, pair, expected);
      return { fromMs: fromMs!, toMs: toMs! < fromMs! ? toMs! + DAY_MS : toMs! };
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}

function parseTimeOfDay(value: string): number | undefined {
  const match = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{3}))?)?$/.exec(value);
  if (!match) return undefined;
  const [hour, minute, second, ms] = [match[1], match[2], match[3], match[4]].map((digits) => Number(digits ?? 0));
  const sum = ((hour! * 60 + minute!) * 60 + second!) * 1000 + ms!;
  return minute! < 60 && second! < 60 && sum <= DAY_MS ? sum : undefined;
}

function object(value: unknown, at: string, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(at, value, 'an object');
  const unknown = known && Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Malformed(at, unknown, `only ${known!.join(', ')}`);
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown, at: string): readonly unknown[] {
  if (value !== undefined && !Array.isArray(value)) throw new Malformed(at, value, 'a list');
  return value ?? [];
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new Malformed(at, value, 'text');
  return value;
}

const optionalText = (value: unknown, at: string): string | undefined =>
  value === undefined ? undefined : text(value, at);

const one =
  <T>(parse: (value: string) => T | undefined, at: string, expected: string) =>
  (value: unknown): T => {
    const parsed = typeof value === 'string' ? parse(value) : undefined;
    if (parsed === undefined) throw new Malformed(at, value, expected);
    return parsed;
  };
