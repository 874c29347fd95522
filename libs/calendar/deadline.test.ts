import { describe, expect, test } from '@jest/globals';
import type { Instant } from '#kernel';
import {
  addBusiness,
  deadline,
  elapsed,
  explainDeadline,
  explainElapsed,
  parseBudget,
  parsePackBudget,
  prepareCalendar,
  type Budget,
  type Hours,
  type Pause,
} from './index.js';
import { made } from './testing/made.js';

const OFFICE: readonly Hours[] = [['09:00', '17:00']];
const office = made(
  prepareCalendar({ zone: 'UTC', week: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE } }),
);
const budget = (text: string): Budget => made(parseBudget(text));
/** January 2026: the 5th is a Monday. */
const jan = (day: number, time: string): Instant => `2026-01-${String(day).padStart(2, '0')}T${time}:00.000Z`;
const pause = (from: Instant, to: Instant): Pause => ({ from, to });
const due = (start: Instant, text: string, ...pauses: readonly Pause[]): Instant =>
  made(deadline(office, start, budget(text), pauses)).dueAt;

describe('a budget in each of its measures', () => {
  test.each([
    ['open time goes on the next day', jan(5, '16:00'), 'PT2H', jan(6, '10:00')],
    ['open time that ends exactly at a close is due at that close', jan(5, '09:00'), 'PT8H', jan(5, '17:00')],
    ['a millisecond more is due after the next opening', jan(5, '09:00'), 'PT8H0.001S', '2026-01-06T09:00:00.001Z'],
    ['open time from the weekend runs from Monday', jan(10, '12:00'), 'PT1H', jan(12, '10:00')],
    ['no time at all is the next opening', jan(10, '12:00'), 'PT0S', jan(12, '09:00')],
    ['2d is 48 hours whatever the calendar', jan(9, '16:00'), '2d', jan(11, '16:00')],
    ['a working day is the same time of day', jan(9, '16:00'), '1bd', jan(12, '16:00')],
    ['the day of the start does not count', jan(5, '08:00'), '3bd', jan(8, '08:00')],
    ['from a Saturday the first working day is Monday', jan(10, '11:00'), '1bd', jan(12, '11:00')],
    ['by close of the third working day', jan(5, '10:00'), '3bd@close', jan(8, '17:00')],
    ['the same day next month', jan(5, '10:00'), '1mo', '2026-02-05T10:00:00.000Z'],
    ['the last day of a month that is too short', jan(31, '10:00'), '1mo', '2026-02-28T10:00:00.000Z'],
    ['over a year', jan(31, '10:00'), '25mo', '2028-02-29T10:00:00.000Z'],
    ['back: open time', jan(6, '10:00'), '-PT2H', jan(5, '16:00')],
    ['back: exactly to an opening', jan(5, '17:00'), '-PT8H', jan(5, '09:00')],
    ['back: no time at all is the last close', jan(10, '12:00'), '-PT0S', jan(9, '17:00')],
    ['back: elapsed', jan(11, '16:00'), '-2d', jan(9, '16:00')],
    ['back: working days', jan(12, '16:00'), '-1bd', jan(9, '16:00')],
    ['back: months', '2026-03-31T10:00:00.000Z', '-1mo', '2026-02-28T10:00:00.000Z'],
    ['back: over New Year', jan(5, '10:00'), '-1mo', '2025-12-05T10:00:00.000Z'],
  ])('%s', (_, start, text, expected) => expect(due(start, text)).toBe(expected));

  test.each([
    '',
    '8',
    'PT',
    'P2D',
    'PT-8H',
    '--2d',
    '+2d',
    '2 d',
    '1.5h',
    '3bd@noon',
    '1mo@close',
    'PT8H ',
    'PT1.2345S',
    '１d',
  ])('what is no budget is refused with what is: "%s"', (text) =>
    expect(parseBudget(text)).toMatchObject({ code: 'BUDGET_MALFORMED', facts: { budget: text } }),
  );

  test.each(['-PT8H', '-2d', '-3bd', '-1mo', 'PT0S', '0d', '0bd', '0mo'])(
    'a pack may not have a budget that ends before or with its start: %s',
    (text) => expect(parsePackBudget(text)).toMatchObject({ code: 'BUDGET_NOT_POSITIVE' }),
  );

  test('a pack may have any other', () => {
    for (const text of ['PT8H', '2d', '3bd', '3bd@close', '1mo']) expect(parsePackBudget(text)).toEqual(budget(text));
  });
});

describe('pauses', () => {
  const overNoon = pause(jan(5, '11:00'), jan(5, '13:00'));
  const overNight = pause(jan(5, '16:00'), jan(6, '10:00'));

  test.each([
    ['open time goes on after it', jan(5, '09:00'), 'PT4H', overNoon, jan(5, '15:00')],
    ['open time that ends as it begins is not touched', jan(5, '09:00'), 'PT2H', overNoon, jan(5, '11:00')],
    ['open time is moved by the open time it covers', jan(5, '15:00'), 'PT2H', overNight, jan(6, '11:00')],
    ['elapsed time is moved by all of it', jan(5, '15:00'), '1d', overNight, jan(7, '09:00')],
    ['a working day is pushed by the open time it covers', jan(5, '15:00'), '1bd', overNight, jan(6, '17:00')],
    ['and past the close, if need be', jan(5, '16:30'), '1bd', overNight, jan(7, '10:00')],
    ['by close: into the next day', jan(5, '15:00'), '1bd@close', overNight, jan(7, '11:00')],
    [
      'a pause outside of the hours pushes no working day',
      jan(5, '15:00'),
      '1bd',
      pause(jan(5, '18:00'), jan(6, '08:00')),
      jan(6, '15:00'),
    ],
    ['a month is pushed by all of it', jan(5, '15:00'), '1mo', overNight, '2026-02-06T09:00:00.000Z'],
    ['one before the start does nothing', jan(7, '09:00'), 'PT2H', overNight, jan(7, '11:00')],
    ['one around the start is cut', jan(5, '12:00'), 'PT2H', overNoon, jan(5, '15:00')],
    ['an empty one does nothing', jan(5, '09:00'), 'PT4H', pause(jan(5, '11:00'), jan(5, '11:00')), jan(5, '13:00')],
    ['back in time it is left out as well', jan(5, '15:00'), '-PT4H', overNoon, jan(5, '09:00')],
  ])('%s', (_, start, text, its, expected) => expect(due(start, text, its)).toBe(expected));

  test('what is covered while a working day is pushed pushes it further', () => {
    const second = pause(jan(6, '15:30'), jan(6, '16:30'));
    expect(due(jan(5, '15:00'), '1bd', overNight)).toBe(jan(6, '17:00'));
    expect(due(jan(5, '15:00'), '1bd', overNight, second)).toBe(jan(7, '10:00'));
  });

  test('a pause that ends before it begins is refused', () => {
    const reversed = [pause(jan(6, '10:00'), jan(5, '10:00'))];
    for (const wrong of [
      deadline(office, jan(5, '09:00'), budget('2d'), reversed),
      elapsed(office, jan(5, '09:00'), jan(6, '09:00'), reversed),
      addBusiness(office, 0, 1, reversed),
    ]) {
      expect(wrong).toMatchObject({ code: 'PAUSE_ENDS_BEFORE_IT_BEGINS' });
    }
  });
});

describe('K-9: a deadline explains itself', () => {
  test('an open time: running, paused and closed, with calendar and sum', () => {
    const explained = made(
      explainDeadline(office, jan(5, '15:00'), budget('PT4H'), [pause(jan(5, '15:30'), jan(5, '16:00'))]),
    );
    expect(explained).toMatchObject({
      dueAt: jan(6, '11:30'),
      calendarVersion: office.version,
      countedMs: 4 * 3_600_000,
      segments: [
        { kind: 'running', from: jan(5, '15:00'), to: jan(5, '15:30'), countedMs: 1_800_000 },
        { kind: 'paused', from: jan(5, '15:30'), to: jan(5, '16:00'), countedMs: 0 },
        { kind: 'running', from: jan(5, '16:00'), to: jan(5, '17:00'), countedMs: 3_600_000 },
        { kind: 'closed', from: jan(5, '17:00'), to: jan(6, '09:00'), countedMs: 0 },
        { kind: 'running', from: jan(6, '09:00'), to: jan(6, '11:30'), countedMs: 9_000_000 },
      ],
    });
  });

  test('working days: which days were counted, and how far pauses pushed', () => {
    const explained = explainDeadline(office, jan(9, '15:00'), budget('2bd'), [
      pause(jan(9, '16:00'), jan(12, '10:00')),
    ]);
    expect(explained).toMatchObject({
      dueAt: jan(13, '17:00'),
      workingDays: ['2026-01-12', '2026-01-13'],
      pushedMs: 2 * 3_600_000,
    });
  });

  test('elapsed time is never closed', () => {
    const { segments } = made(explainDeadline(office, jan(9, '15:00'), budget('2d')));
    expect(segments.map(({ kind }) => kind)).toEqual(['running']);
  });

  test('a time between two instants', () => {
    const explained = made(explainElapsed(office, jan(5, '16:00'), jan(6, '10:00')));
    expect(explained).toMatchObject({ elapsedMs: 7_200_000, countedMs: 7_200_000 });
    expect(explained.segments.map(({ kind }) => kind)).toEqual(['running', 'closed', 'running']);
    expect(made(elapsed(office, jan(6, '10:00'), jan(5, '16:00'))).elapsedMs).toBe(-7_200_000);
  });
});
