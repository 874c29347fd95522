import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  deadline,
  elapsed,
  isOpen,
  lastOpen,
  nextOpening,
  parseBudget,
  prepareCalendar,
  workingDaysBetween,
  type Calendar,
  type Hours,
} from '#calendar';
import { instant, isRefusal, type Instant, type Refusal } from '#kernel';
import { record, withRecords } from './records-folder.js';

function made<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code} ${JSON.stringify(value.facts)}`);
  return value;
}

const NINE_TO_FIVE: readonly Hours[] = [['09:00', '17:00']];
const SPLIT: readonly Hours[] = [
  ['09:00', '12:00'],
  ['13:00', '18:00'],
];

function calendarOf(holidays: readonly string[], wednesday = NINE_TO_FIVE): Calendar {
  const week = { mon: NINE_TO_FIVE, tue: NINE_TO_FIVE, wed: wednesday, thu: NINE_TO_FIVE, fri: NINE_TO_FIVE };
  return made(prepareCalendar({ zone: 'UTC', week, holidays: holidays.map((text) => text.slice(0, 10)) }));
}

/** The vectors tell local time; `2021-02-08`, `2021-02-08 09:00`, `2021-02-08 09:00:00`, some with an offset of their own. */
const read = (text: string): Instant => {
  const [day, time = '00:00'] = text.split(/[ T]/);
  return instant(Date.parse(`${day}T${/[+-]\d{2}:\d{2}$/.test(time) ? time : `${time}Z`}`));
};
const add = (calendar: Calendar, start: string, budget: string): Instant =>
  made(deadline(calendar, read(start), made(parseBudget(budget)))).dueAt;

interface GemCase {
  readonly name: string;
  readonly start: string;
  readonly holidays: readonly string[];
  readonly expected: string | number;
  readonly convention?: string;
  readonly op?: 'after' | 'since' | 'before';
  readonly n?: number;
  readonly unit?: 'hour' | 'day';
  readonly end?: string;
  readonly inclusive?: boolean;
}

const budgetOf = ({ op, n, unit }: GemCase): string => {
  const isBack = (op === 'before') !== n! < 0;
  return `${isBack ? '-' : ''}${unit === 'hour' ? `PT${Math.abs(n!)}H` : `${Math.abs(n!)}bd`}`;
};

/** Ours, where theirs is a matter of taste: the day of the start does not count, and the time of day stays what it was. */
const OUR_CONVENTION: Readonly<Record<string, string>> = {
  '2010-04-10 12:33:00 0bd': '2010-04-12 12:33:00',
  '2016-01-30 12:33:00 -0bd': '2016-01-29 12:33:00',
  '2010-04-10 11:00:00 1bd': '2010-04-12 11:00:00',
  '2010-04-10 23:55:00 1bd': '2010-04-12 23:55:00',
  '2010-04-10 11:00:00 -1bd': '2010-04-09 11:00:00',
  '2010-04-10 03:00:00 -1bd': '2010-04-09 03:00:00',
  '2010-04-10 00:00:00 1bd': '2010-04-12 00:00:00',
  '2010-04-10 00:00:00 -1bd': '2010-04-09 00:00:00',
};

interface DayjsCase {
  readonly name: string;
  readonly fn: string;
  readonly start: string;
  readonly args: readonly string[];
  readonly holidays: readonly string[];
  readonly wednesday_split: boolean;
  readonly expected: string;
}

const UNIT: Readonly<Record<string, (amount: string) => string>> = {
  day: (amount) => `${amount}bd`,
  hour: (amount) => `PT${amount}H`,
  minute: (amount) => `PT${amount}M`,
};

/** The answer as the vector gives it: an instant as local time, a number or a truth as text. */
function answerOf({ fn, start, args, holidays, wednesday_split: isSplit }: DayjsCase): string {
  const calendar = calendarOf(holidays, isSplit ? SPLIT : NINE_TO_FIVE);
  const startMs = Date.parse(read(start));
  const [, verb, unitOfName] = /^(add|subtract|business)?(?:Business)?(Time|Days|Hours|Minutes)?/.exec(fn)!;
  const unit = (unitOfName === 'Time' ? args[1]! : (unitOfName ?? '')).toLowerCase().replace(/s$/, '');
  if (verb === 'add') return add(calendar, start, UNIT[unit]!(args[0]!));
  if (verb === 'subtract') return add(calendar, start, `-${UNIT[unit]!(args[0]!)}`);
  if (fn.endsWith('Diff')) {
    const end = read(args[0]!);
    if (unit === 'day') return String(workingDaysBetween(calendar, startMs, Date.parse(end)));
    return String(made(elapsed(calendar, read(start), end)).elapsedMs / (unit === 'hour' ? 3_600_000 : 60_000));
  }
  switch (fn) {
    case 'nextBusinessTime':
      return instant(nextOpening(calendar, startMs)!);
    case 'lastBusinessTime':
      return instant(lastOpen(calendar, startMs)!);
    case 'nextBusinessDay':
      return add(calendar, start, '1bd');
    case 'lastBusinessDay':
      return add(calendar, start, '-1bd');
    case 'isBusinessTime':
      return String(isOpen(calendar, startMs));
    case 'isBusinessDay':
      return String(calendar.hours.isWorkingDay(calendar.dayAt(startMs)));
    case 'isHoliday':
      return String(!calendar.hours.isWorkingDay(calendar.dayAt(startMs)));
    default:
      throw new Error(`a vector of an unknown kind: ${fn}`);
  }
}

withRecords('business-time', () => {
  const load = <T>(file: string): readonly T[] =>
    (JSON.parse(readFileSync(record(`business-time/${file}`), 'utf8')) as { cases: readonly T[] }).cases;
  const gem = load<GemCase>('business_time_gem.json');
  const dayjs = load<DayjsCase>('dayjs-business-time.json');

  const counted = gem.filter(({ op }) => op === undefined);
  const added = gem.filter(({ op, convention }) => op !== undefined && convention === undefined);
  const conventions = gem.filter(({ convention }) => convention !== undefined);

  test('business-time: 61 and 98 vectors are there, 12 of them marked as a convention', () => {
    expect([gem.length, dayjs.length, conventions.length]).toEqual([61, 98, 12]);
  });

  describe('business_time (Ruby)', () => {
    test.each(added.map((it) => [it.start, budgetOf(it), String(it.expected), it] as const))(
      'business-time: %s and %s is %s',
      (start, budget, expected, { holidays }) => expect(add(calendarOf(holidays), start, budget)).toBe(read(expected)),
    );

    test.each(
      conventions.map((it) => {
        const ours = OUR_CONVENTION[`${it.start} ${budgetOf(it)}`];
        return [it.start, budgetOf(it), ours, String(it.expected), it] as const;
      }),
    )('business-time, a convention: %s and %s is %s with us (with them %s)', (start, budget, ours, _, { holidays }) => {
      expect(add(calendarOf(holidays), start, budget)).toBe(read(ours!));
    });

    test.each(counted.map((it) => [it.start, it.end!, it.inclusive, it] as const))(
      'business-time: working days from %s to %s, inclusive %s',
      (start, end, inclusive, { expected, holidays }) => {
        const calendar = calendarOf(holidays);
        const startMs = Date.parse(read(start));
        // Inclusive is with the day of the start: as from the day before.
        const fromMs = inclusive ? startMs - 86_400_000 : startMs;
        expect(workingDaysBetween(calendar, fromMs, Date.parse(read(end)))).toBe(expected);
      },
    );
  });

  describe('dayjs-business-time', () => {
    test.each(dayjs.map((it, at) => [at + 1, it.fn, it.start, it.args.join(' '), it.expected, it] as const))(
      'business-time: %i: %s of %s %s is %s',
      (_, __, ___, ____, expected, vector) => {
        expect(answerOf(vector)).toBe(/^\d{4}-\d{2}-\d{2}/.test(expected) ? read(expected) : expected);
      },
    );
  });
});
