import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instant } from '#kernel';
import {
  addBusiness,
  between,
  deadline,
  explainDeadline,
  isOpen,
  lastOpen,
  nextOpening,
  parseBudget,
  prepareCalendar,
  previousOpening,
  type Budget,
  type Calendar,
  type CalendarDefinition,
  type Pause,
} from './index.js';
import { made } from './testing/made.js';
import { Oracle, type MinutePause } from './testing/oracle.js';
import { situation, type Situation } from './testing/random-calendars.js';

const MINUTE_MS = 60_000;
/** `PROPERTY_RUNS=10000` for a thorough run; what runs each time takes a few seconds. */
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 200) };

const calendarOf = (definition: CalendarDefinition): Calendar => made(prepareCalendar(definition));
const instants = (pauses: readonly MinutePause[]): Pause[] =>
  pauses.map(({ fromMs, toMs }) => ({ from: instant(fromMs), to: instant(toMs) }));
const budgetOf = (text: string): Budget => made(parseBudget(text));
const ms = fc.integer({ min: 0, max: 200 * 3_600_000 });

function holds(property: (given: Situation) => void): void {
  fc.assert(fc.property(situation, property), RUNS);
}

describe('against an oracle that walks minute by minute', () => {
  test('adding open time gives the same instant, on and back, with any pauses', () =>
    holds(({ startMs, definition, pauses, budget }) => {
      const expected = new Oracle(definition, pauses).add(startMs, budget);
      expect(addBusiness(calendarOf(definition), startMs, budget * MINUTE_MS, instants(pauses))).toBe(expected);
    }));

  test('measuring gives the same time', () =>
    holds(({ startMs, definition, pauses, budget }) => {
      const oracle = new Oracle(definition, pauses);
      const endMs = startMs + Math.abs(budget) * 10 * MINUTE_MS;
      const expected = oracle.count(startMs, endMs, oracle.isRunning) * MINUTE_MS;
      expect(between(calendarOf(definition), startMs, endMs, instants(pauses))).toBe(expected);
      expect(between(calendarOf(definition), endMs, startMs, instants(pauses))).toBe(expected === 0 ? 0 : -expected);
    }));

  test('open or closed, next opening, last open instant and previous opening are the same', () =>
    holds(({ startMs, definition }) => {
      const [oracle, calendar] = [new Oracle(definition, []), calendarOf(definition)];
      expect(isOpen(calendar, startMs)).toBe(oracle.isOpen(startMs));
      expect(nextOpening(calendar, startMs)).toBe(oracle.add(startMs, 0));
      let back = startMs;
      while (!oracle.isOpen(back) && !oracle.isOpen(back - MINUTE_MS)) back -= MINUTE_MS;
      expect(lastOpen(calendar, startMs)).toBe(back);
      let opened = startMs;
      const limit = startMs - 90 * 1440 * MINUTE_MS;
      while (opened > limit && !(oracle.isOpen(opened) && !oracle.isOpen(opened - MINUTE_MS))) opened -= MINUTE_MS;
      if (opened > limit) expect(previousOpening(calendar, startMs)).toBe(opened);
    }));

  test('a budget of working days is pushed by the open time that pauses cover, until nothing more is covered', () =>
    holds(({ startMs, definition, pauses, budget }) => {
      const oracle = new Oracle(definition, pauses);
      const days = 1 + (Math.abs(budget) % 5);
      const calendar = calendarOf(definition);
      const unpaused = made(deadline(calendar, instant(startMs), budgetOf(`${days}bd`)));
      let wallDayMs = Math.floor(oracle.wallMs(startMs) / 86_400_000) * 86_400_000;
      for (let left = days; left > 0;) if (oracle.isWorkingDay((wallDayMs += 86_400_000))) left--;
      expect(unpaused.workingDays?.at(-1)).toBe(new Date(wallDayMs).toISOString().slice(0, 10));
      const due = made(deadline(calendar, instant(startMs), budgetOf(`${days}bd`), instants(pauses)));
      const expected = oracle.pushed(startMs, Date.parse(unpaused.dueAt), (atMs) => oracle.isOpen(atMs));
      expect(due.dueAt).toBe(instant(expected));
    }));

  test('elapsed budgets are pushed by the time that pauses cover, until nothing more is covered', () =>
    holds(({ startMs, definition, pauses, budget }) => {
      const minutes = Math.abs(budget);
      const due = made(deadline(calendarOf(definition), instant(startMs), budgetOf(`${minutes}m`), instants(pauses)));
      const oracle = new Oracle(definition, pauses);
      expect(due.dueAt).toBe(instant(oracle.add(startMs, minutes, (atMs) => !oracle.isPaused(atMs))));
      if (minutes === 0) return;
      expect(due.dueAt).toBe(instant(oracle.pushed(startMs, startMs + minutes * MINUTE_MS, () => true)));
    }));
});

describe('to the millisecond', () => {
  test('between(start, add(start, budget)) = budget, with any pauses', () =>
    fc.assert(
      fc.property(situation, ms, fc.integer({ min: 0, max: 59_999 }), (given, budgetMs, shiftMs) => {
        const calendar = calendarOf(given.definition);
        const [startMs, pauses] = [given.startMs + shiftMs, instants(given.pauses)];
        const dueMs = made(addBusiness(calendar, startMs, budgetMs, pauses));
        expect(between(calendar, startMs, dueMs, pauses)).toBe(budgetMs);
        const backMs = made(addBusiness(calendar, startMs, -budgetMs, pauses));
        expect(between(calendar, backMs, startMs, pauses)).toBe(budgetMs);
      }),
      RUNS,
    ));

  test('add(start, between(start, end)) = end, for ends inside an interval or at its close', () =>
    fc.assert(
      fc.property(situation, ms, fc.integer({ min: 1, max: 59_999 }), (given, aheadMs, shiftMs) => {
        const calendar = calendarOf(given.definition);
        const startMs = given.startMs + shiftMs;
        const endMs = lastOpen(calendar, startMs + aheadMs)!;
        const openMs = made(between(calendar, startMs, endMs));
        if (openMs <= 0) return;
        const isAtOpening = isOpen(calendar, endMs) && !isOpen(calendar, endMs - 1);
        const closeBefore = lastOpen(calendar, endMs - 1);
        expect(addBusiness(calendar, startMs, openMs)).toBe(isAtOpening ? closeBefore : endMs);
      }),
      RUNS,
    ));
});

describe('pauses', () => {
  const BUDGETS = ['PT0S', 'PT8H', 'PT30H', '2d', '3bd', '2bd@close', '1mo'] as const;
  const budget = fc.constantFrom(...BUDGETS).map(budgetOf);

  test('pausing never brings a deadline nearer', () =>
    fc.assert(
      fc.property(situation, budget, ({ startMs, definition, pauses }, its) => {
        const due = (taken: readonly MinutePause[]): string =>
          made(deadline(calendarOf(definition), instant(startMs), its, instants(taken))).dueAt;
        for (let at = 0; at < pauses.length; at++) {
          expect(due(pauses.slice(0, at + 1)) >= due(pauses.slice(0, at))).toBe(true);
        }
      }),
      RUNS,
    ));

  test('splitting a pause, overlapping its pieces, or naming them in another order changes nothing', () =>
    fc.assert(
      fc.property(situation, budget, fc.double({ min: 0, max: 1, noNaN: true }), (given, its, share) => {
        const calendar = calendarOf(given.definition);
        const split = given.pauses.flatMap(({ fromMs, toMs }) => {
          const middle = Math.floor(fromMs + (toMs - fromMs) * share);
          const overlap = Math.floor((middle + fromMs) / 2);
          return [
            { fromMs: middle, toMs },
            { fromMs, toMs: middle },
            { fromMs: overlap, toMs: middle },
          ];
        });
        const whole = deadline(calendar, instant(given.startMs), its, instants(given.pauses));
        expect(deadline(calendar, instant(given.startMs), its, instants(split))).toEqual(whole);
      }),
      RUNS,
    ));

  test('K-9: segments lie end to end from start to due, and open or elapsed time sums up to the budget', () =>
    fc.assert(
      fc.property(situation, budget, ({ startMs, definition, pauses }, its) => {
        const start = instant(startMs);
        const { segments, countedMs, dueAt } = made(
          explainDeadline(calendarOf(definition), start, its, instants(pauses)),
        );
        expect([start, ...segments.map(({ to }) => to)]).toEqual([...segments.map(({ from }) => from), dueAt]);
        expect(segments.every(({ from, to }) => from < to)).toBe(true);
        expect(segments.every(({ kind }, at) => kind === 'paused' || kind !== segments[at + 1]?.kind)).toBe(true);
        if ('durationMs' in its) expect(countedMs).toBe(its.durationMs);
      }),
      RUNS,
    ));
});
