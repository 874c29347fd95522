import { describe, expect, test } from '@jest/globals';
import type { Instant } from '#kernel';
import {
  deadline,
  elapsed,
  isOpen,
  nextOpening,
  parseBudget,
  prepareCalendar,
  type Calendar,
  type Hours,
} from './index.js';
import { made } from './testing/made.js';

const everyDay = (zone: string, ...hours: readonly Hours[]): Calendar =>
  made(
    prepareCalendar({
      zone,
      week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours },
    }),
  );
const due = (calendar: Calendar, start: Instant, text: string, ...pauses: readonly [string, string][]): Instant =>
  made(
    deadline(
      calendar,
      start,
      made(parseBudget(text)),
      pauses.map(([from, to]) => ({ from, to })),
    ),
  ).dueAt;
const openHours = (calendar: Calendar, from: Instant, to: Instant): number =>
  made(elapsed(calendar, from, to)).elapsedMs / 3_600_000;

const ALL_DAY: Hours = ['00:00', '24:00'];

/** One change of each kind in the north and in the south: local midnight before, the change, and how long the day is. */
const CHANGES = [
  ['Europe/Berlin, hour missing', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T01:00:00.000Z', 23],
  ['Europe/Berlin, hour doubled', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T01:00:00.000Z', 25],
  ['Australia/Sydney, hour missing', 'Australia/Sydney', '2026-10-03T14:00:00.000Z', '2026-10-03T16:00:00.000Z', 23],
  ['Australia/Sydney, hour doubled', 'Australia/Sydney', '2026-04-04T13:00:00.000Z', '2026-04-04T16:00:00.000Z', 25],
  [
    'Lord Howe, half an hour missing',
    'Australia/Lord_Howe',
    '2026-10-03T13:30:00.000Z',
    '2026-10-03T15:30:00.000Z',
    23.5,
  ],
  [
    'Lord Howe, half an hour doubled',
    'Australia/Lord_Howe',
    '2026-04-04T13:00:00.000Z',
    '2026-04-04T15:00:00.000Z',
    24.5,
  ],
] as const;

describe.each(CHANGES)('daylight saving: %s', (_, zone, midnight, change, hours) => {
  const later = (from: Instant, byHours: number): Instant =>
    new Date(Date.parse(from) + byHours * 3_600_000).toISOString();

  test('the day is as long as it is', () => {
    const calendar = everyDay(zone, ALL_DAY);
    expect(openHours(calendar, midnight, later(midnight, hours))).toBe(hours);
    const early = everyDay(zone, ['00:00', '04:00']);
    expect(openHours(early, midnight, later(midnight, hours))).toBe(4 + hours - 24);
  });

  test('open time runs through the change as time does; 2d is 48 hours', () => {
    const calendar = everyDay(zone, ALL_DAY);
    expect(due(calendar, midnight, 'PT48H')).toBe(later(midnight, 48));
    expect(due(calendar, midnight, '2d')).toBe(later(midnight, 48));
    expect(due(calendar, later(change, -0.25), 'PT30M')).toBe(later(change, 0.25));
  });

  test('the next working day is the same time of day, however long the day was', () => {
    const calendar = everyDay(zone, ALL_DAY);
    expect(due(calendar, later(midnight, -12), '1bd')).toBe(later(midnight, -12 + hours));
    expect(due(calendar, later(midnight, -12 + hours), '-1bd')).toBe(later(midnight, -12));
  });

  test('a pause that begins or ends at the change, or lies around it, moves the deadline by its own length', () => {
    const calendar = everyDay(zone, ALL_DAY);
    for (const [from, to] of [
      [-0.75, 0],
      [0, 0.75],
      [-0.25, 0.5],
    ] as const) {
      const pause: [string, string] = [later(change, from), later(change, to)];
      expect(due(calendar, midnight, 'PT8H', pause)).toBe(later(midnight, 8 + to - from));
      expect(due(calendar, midnight, '8h', pause)).toBe(later(midnight, 8 + to - from));
    }
  });
});

describe('hours are what the clock on the wall shows', () => {
  const from = '2026-03-28T23:00:00.000Z';

  test('opening in the missing hour is the instant at which the clocks leap; what lies in it is not worked', () => {
    expect(nextOpening(everyDay('Europe/Berlin', ['02:30', '08:00']), Date.parse(from))).toBe(
      Date.parse('2026-03-29T01:00:00.000Z'),
    );
    const within = everyDay('Europe/Berlin', ['02:15', '02:45']);
    expect(due(within, from, 'PT30M')).toBe('2026-03-30T00:45:00.000Z');
  });

  test('closing in the missing hour is that instant too, and a budget that ends there is due there', () => {
    const calendar = everyDay('Europe/Berlin', ['00:00', '02:30']);
    expect(due(calendar, from, 'PT2H')).toBe('2026-03-29T01:00:00.000Z');
    expect(due(calendar, '2026-03-28T12:00:00.000Z', '1bd@close')).toBe('2026-03-29T01:00:00.000Z');
  });

  test('hours that end within the doubled hour are open twice, and closed between', () => {
    const calendar = everyDay('Europe/Berlin', ['01:00', '02:30']);
    const instants = ['2026-10-25T00:15Z', '2026-10-25T00:45Z', '2026-10-25T01:15Z', '2026-10-25T01:45Z'];
    expect(instants.map((text) => isOpen(calendar, Date.parse(text)))).toEqual([true, false, true, false]);
    expect(openHours(calendar, '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z')).toBe(2);
    expect(due(calendar, '2026-10-24T12:00:00.000Z', '1bd@close')).toBe('2026-10-25T01:30:00.000Z');
  });

  test('the same in the south: Sydney, 02:00 to 03:00 missing in October and doubled in April', () => {
    const calendar = everyDay('Australia/Sydney', ['02:00', '03:00']);
    expect(openHours(calendar, '2026-10-03T14:00:00.000Z', '2026-10-04T13:00:00.000Z')).toBe(0);
    expect(openHours(calendar, '2026-04-04T13:00:00.000Z', '2026-04-05T14:00:00.000Z')).toBe(2);
  });

  test('a start in the doubled hour knows which of the two it is', () => {
    const calendar = everyDay('America/New_York', ALL_DAY);
    expect(due(calendar, '2026-11-01T05:30:00.000Z', 'PT1H')).toBe('2026-11-01T06:30:00.000Z');
    // Both are 01:30 on Sunday, so that the next working day ends at 01:30 on Monday for both.
    expect(due(calendar, '2026-11-01T05:30:00.000Z', '1bd')).toBe('2026-11-02T06:30:00.000Z');
    expect(due(calendar, '2026-11-01T06:30:00.000Z', '1bd')).toBe('2026-11-02T06:30:00.000Z');
  });

  test('a time of day that falls into the missing hour moves on with the clocks, into the doubled hour it is the first', () => {
    const calendar = everyDay('America/New_York', ALL_DAY);
    expect(due(calendar, '2026-03-07T07:30:00.000Z', '1bd')).toBe('2026-03-08T07:30:00.000Z');
    expect(due(calendar, '2026-02-08T07:30:00.000Z', '1mo')).toBe('2026-03-08T07:30:00.000Z');
    expect(due(calendar, '2026-10-31T05:30:00.000Z', '1bd')).toBe('2026-11-01T05:30:00.000Z');
    expect(due(calendar, '2026-10-01T05:30:00.000Z', '1mo')).toBe('2026-11-01T05:30:00.000Z');
  });

  test('a day that a place left out is no working day: Samoa had no 30 December 2011', () => {
    const calendar = everyDay('Pacific/Apia', ['09:00', '17:00']);
    expect(openHours(calendar, '2011-12-29T10:00:00.000Z', '2011-12-31T10:00:00.000Z')).toBe(16);
  });
});
