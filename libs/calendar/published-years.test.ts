import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  deadline,
  elapsed,
  parseBudget,
  prepareCalendar,
  SHIPPED_CALENDARS,
  SNAPSHOTS,
  workingDaysOfYear,
  type Budget,
  type Calendar,
  type CalendarDefinition,
} from './index.js';
import { made } from './testing/made.js';

const calendarOf = (definition: CalendarDefinition): Calendar => made(prepareCalendar(definition));
const budget = (text: string): Budget => made(parseBudget(text));

describe('China', () => {
  const china = calendarOf(SHIPPED_CALENDARS['china-office']!);

  // Counted by hand from the yearly notices: weekdays less holidays on weekdays plus make-up days. 2020 as extended to 2 February.
  test.each([
    [2007, 249],
    [2008, 251],
    [2009, 250],
    [2010, 250],
    [2011, 250],
    [2012, 249],
    [2013, 250],
    [2014, 250],
    [2015, 249],
    [2016, 250],
    [2017, 249],
    [2018, 250],
    [2019, 250],
    [2020, 249],
    [2021, 250],
    [2022, 249],
    [2023, 249],
    [2024, 251],
    [2025, 248],
    [2026, 248],
  ])('%i has %i working days', (year, days) => {
    expect(workingDaysOfYear(china, year)).toBe(days);
    const start = `${year}-06-01T01:00:00.000Z`;
    expect(made(deadline(china, start, budget('3bd'))).unpublishedYears).toEqual([]);
  });

  test('the snapshot is what the installed chinese-days says', () => {
    const script = join(import.meta.dirname, '../../../libs/calendar/snapshots/generate.mjs');
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toContain('is what chinese-days');
  });

  test.each(['PT8H', 'PT80H', '1bd', '3bd@close'])(
    'K-10: %s into the first year that is not published is provisional and names the year',
    (text) => {
      const start = '2026-12-31T08:00:00.000Z';
      expect(made(deadline(china, start, budget(text))).unpublishedYears).toEqual([2027]);
    },
  );

  test('K-10: an open time that ends with the last published year is not provisional; nor is what needs no calendar', () => {
    const allDay = calendarOf({ ...SHIPPED_CALENDARS['always']!, country: 'CN' });
    const start = '2026-12-31T20:00:00.000Z';
    expect(made(deadline(allDay, start, budget('PT4H')))).toMatchObject({
      dueAt: '2027-01-01T00:00:00.000Z',
      unpublishedYears: [],
    });
    expect(made(deadline(china, start, budget('2d'))).unpublishedYears).toEqual([]);
    expect(made(deadline(china, start, budget('1mo'))).unpublishedYears).toEqual([]);
    expect(made(elapsed(china, start, '2027-01-01T00:00:00.001Z')).unpublishedYears).toEqual([2027]);
  });

  test('K-10: a year before the first that is published is as provisional, back in time too', () => {
    const first = SNAPSHOTS.at(-1)!.published[0]!;
    const start = `${first}-01-05T01:00:00.000Z`;
    expect(made(deadline(china, start, budget('-PT80H'))).unpublishedYears).toEqual([first - 1]);
  });

  test('K-10: once the calendar appears the same deadline is no longer provisional, and has moved', () => {
    const [newest] = SNAPSHOTS.slice(-1);
    const published = newest!.published.filter((year) => year < 2026);
    const before = made(
      prepareCalendar(SHIPPED_CALENDARS['china-office']!, [{ ...newest!, id: 'cn-2025', published }]),
    );
    const start = '2025-12-31T08:00:00.000Z';
    expect(made(deadline(before, start, budget('2bd')))).toMatchObject({
      dueAt: '2026-01-02T08:00:00.000Z',
      unpublishedYears: [2026],
    });
    // 1 to 3 January are holidays, Sunday the 4th is worked.
    expect(made(deadline(china, start, budget('2bd')))).toMatchObject({
      dueAt: '2026-01-05T08:00:00.000Z',
      unpublishedYears: [],
    });
  });
});
