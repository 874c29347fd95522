import { describe, expect, test } from '@jest/globals';
import {
  addBusiness,
  between,
  deadline,
  isOpen,
  nextOpening,
  parseBudget,
  prepareCalendar,
  previousOpening,
  SHIPPED_CALENDARS,
  type Budget,
  type Calendar,
  type CalendarDefinition,
  type Hours,
} from './index.js';
import { made } from './testing/made.js';

const OFFICE: readonly Hours[] = [['09:00', '17:30']];
const WEEK = { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE };
const HOUR_MS = 3_600_000;

const calendarOf = (definition: CalendarDefinition): Calendar => made(prepareCalendar(definition));
const at = (text: string): number => Date.parse(text);
const budget = (text: string): Budget => made(parseBudget(text));
const hoursOn = (calendar: Calendar, date: string): number =>
  made(between(calendar, at(`${date}T00:00:00Z`), at(`${date}T00:00:00Z`) + 24 * HOUR_MS)) / HOUR_MS;

describe('what a calendar says', () => {
  test('several intervals a day count each for itself, and what overlaps counts once', () => {
    const calendar = calendarOf({
      zone: 'UTC',
      week: {
        wed: [
          ['13:00', '18:00'],
          ['09:00', '12:00'],
          ['11:00', '12:00'],
        ],
      },
    });
    expect(hoursOn(calendar, '2026-01-07')).toBe(8);
    expect(nextOpening(calendar, at('2026-01-07T12:30:00Z'))).toBe(at('2026-01-07T13:00:00Z'));
  });

  test('a shift over midnight belongs to the day on which it begins', () => {
    const night: CalendarDefinition = { zone: 'UTC', week: { thu: [['22:00', '06:00']], fri: [['22:00', '06:00']] } };
    const calendar = calendarOf({ ...night, holidays: ['2026-01-09'] });
    expect(isOpen(calendar, at('2026-01-09T05:59:59.999Z'))).toBe(true);
    expect(isOpen(calendar, at('2026-01-09T22:30:00Z'))).toBe(false);
    expect(isOpen(calendar, at('2026-01-10T01:00:00Z'))).toBe(false);
  });

  test('a day ends at 24:00, and what goes on at midnight is one interval', () => {
    const calendar = calendarOf({ zone: 'UTC', week: { mon: [['18:00', '24:00']], tue: [['00:00', '02:00']] } });
    expect(addBusiness(calendar, at('2026-01-05T20:00:00Z'), 5 * HOUR_MS)).toBe(at('2026-01-06T01:00:00Z'));
    expect(previousOpening(calendar, at('2026-01-06T01:00:00Z'))).toBe(at('2026-01-05T18:00:00Z'));
  });

  test('own days come before own holidays, those before the make-up days of the country, those before its holidays', () => {
    const calendar = calendarOf({
      zone: 'UTC',
      week: WEEK,
      country: 'CN',
      holidays: ['2026-02-14', '2026-12-24'],
      yearly: ['12-25'],
      days: { '2026-12-24': [['09:00', '12:00']], '2026-02-17': OFFICE, '2026-03-02': [] },
    });
    const days = {
      '2026-02-14': 0, // a make-up Saturday of the country, but the house is closed
      '2026-02-28': 8.5, // a make-up Saturday
      '2026-02-16': 0, // Spring Festival
      '2026-02-17': 8.5, // Spring Festival, but the house is open
      '2026-03-02': 0, // closed by the house
      '2026-12-24': 3, // half a day
      '2026-12-25': 0, // every year
    };
    expect(Object.fromEntries(Object.keys(days).map((date) => [date, hoursOn(calendar, date)]))).toEqual(days);
  });

  test('a make-up workday has the hours of the first weekday with hours, or of the one that is named', () => {
    const week = { mon: [['10:00', '12:00']], fri: [['10:00', '16:00']] } as const;
    expect(hoursOn(calendarOf({ zone: 'UTC', week, country: 'CN' }), '2026-02-14')).toBe(2);
    expect(hoursOn(calendarOf({ zone: 'UTC', week, country: 'CN', makeUpHours: 'fri' }), '2026-02-14')).toBe(6);
  });

  test('other countries and their regions have their holidays by rule', () => {
    const [berlin, munich] = ['DE', 'DE-BY'].map((country) => calendarOf({ zone: 'UTC', week: WEEK, country }));
    expect([hoursOn(berlin!, '2026-01-06'), hoursOn(munich!, '2026-01-06')]).toEqual([8.5, 0]);
    expect(hoursOn(berlin!, '2026-05-01')).toBe(0);
    expect(calendarOf({ zone: 'UTC', week: WEEK, country: 'DE' }).version).toContain('date-holidays');
  });

  test('the version of a calendar changes with its definition and names its snapshot', () => {
    const china = calendarOf(SHIPPED_CALENDARS['china-office']!);
    expect(china.version).toContain('cn-2026');
    expect(calendarOf({ ...SHIPPED_CALENDARS['china-office']!, yearly: ['12-25'] }).version).not.toBe(china.version);
  });
});

describe('what is no calendar is refused', () => {
  test.each([
    ['UNKNOWN_ZONE', { zone: 'Mars/Olympus', week: WEEK }],
    ['UNKNOWN_ZONE', { zone: '+08:00', week: WEEK }],
    ['CALENDAR_WITHOUT_WORKING_TIME', { zone: 'UTC' }],
    ['CALENDAR_WITHOUT_WORKING_TIME', { zone: 'UTC', week: { mon: [] }, days: { '2026-01-01': [] } }],
    ['UNKNOWN_COUNTRY', { zone: 'UTC', week: WEEK, country: 'XX' }],
    ['UNKNOWN_COUNTRY', { zone: 'UTC', week: WEEK, country: 'DE-XX' }],
    ['UNKNOWN_SNAPSHOT', { zone: 'UTC', week: WEEK, country: 'CN', snapshot: 'cn-1999' }],
    ['CALENDAR_MALFORMED', undefined],
    ['CALENDAR_MALFORMED', []],
    ['CALENDAR_MALFORMED', { week: WEEK }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', weeks: WEEK }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: { monday: OFFICE } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: { mon: ['09:00', '17:30'] } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: { mon: [['9:00', '17:30']] } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: { mon: [['09:00', '24:01']] } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: { mon: [['09:00', '09:00']] } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: { mon: [['24:00', '06:00']] } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, holidays: ['2026-02-30'] }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, holidays: ['01-01'] }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, holidays: '2026-01-01' }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, yearly: ['02-30'] }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, yearly: ['2026-12-25'] }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, days: { '2026-13-01': OFFICE } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, days: { '2026-12-24': ['09:00'] } }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, makeUpHours: 'moon' }],
    ['CALENDAR_MALFORMED', { zone: 'UTC', week: WEEK, snapshot: 'cn-2026' }],
  ])('%s: %j', (code, definition) => {
    expect(prepareCalendar(definition as CalendarDefinition)).toMatchObject({ refused: true, code });
  });

  test('a budget that would take more than 50 years, on and back, on a calendar that has next to no time', () => {
    const calendar = calendarOf({ zone: 'UTC', days: { '2026-01-05': [['09:00', '17:00']] } });
    const start = at('2026-01-01T00:00:00Z');
    expect(addBusiness(calendar, start, 8 * HOUR_MS)).toBe(at('2026-01-05T17:00:00Z'));
    for (const wrong of [
      addBusiness(calendar, start, 8 * HOUR_MS + 1),
      addBusiness(calendar, start, -1),
      addBusiness(calendar, at('2026-02-01T00:00:00Z'), 0),
      deadline(calendar, '2026-01-01T00:00:00.000Z', budget('2bd')),
      deadline(calendar, '2026-01-01T00:00:00.000Z', budget('-1bd')),
      parseBudget('18264d'),
      parseBudget('PT999999H'),
      parseBudget('601mo'),
    ]) {
      expect(wrong).toMatchObject({ refused: true, code: 'BUDGET_TOO_LONG' });
    }
  });

  test('a pause of half a century is no way around the 50 years', () => {
    const calendar = calendarOf({ zone: 'UTC', week: WEEK });
    const pauses = [{ from: '2026-01-01T00:00:00.000Z', to: '9999-01-01T00:00:00.000Z' }];
    for (const text of ['PT8H', '8h', '1bd', '1mo']) {
      const due = deadline(calendar, '2026-01-01T00:00:00.000Z', budget(text), pauses);
      expect(due).toMatchObject({ code: 'BUDGET_TOO_LONG' });
    }
  });

  test('a deadline in a year that no instant can name', () => {
    const due = deadline(calendarOf({ zone: 'UTC', week: WEEK }), '9999-12-31T00:00:00.000Z', budget('2d'));
    expect(due).toMatchObject({ code: 'INSTANT_OUT_OF_RANGE' });
  });
});
