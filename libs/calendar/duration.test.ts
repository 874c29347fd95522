import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, instant } from '#kernel';
import { addElapsed, parseDuration } from './index.js';

const HOUR_MS = 3_600_000;

test.each([
  ['2d', 48 * HOUR_MS],
  ['24h', 24 * HOUR_MS],
  ['90m', 1.5 * HOUR_MS],
  ['45s', 45_000],
  ['PT8H', 8 * HOUR_MS],
  ['PT1H30M', 1.5 * HOUR_MS],
])('a duration is read: %s', (text, durationMs) => {
  expect(parseDuration(text)).toMatchObject({ text, durationMs });
});

test('hours of the clock and open hours are told apart', () => {
  expect(parseDuration('8h').measure).toBe('elapsed');
  expect(parseDuration('PT8H').measure).toBe('open');
});

test.each(['0d', '0h', 'PT0H', '-2d', 'PT', 'PT-8H', '2', 'd', '2 d', '1.5h', '', '3bd', 'PT8', '99999999d'])(
  'what is no duration, or none longer than zero, is refused: "%s"',
  (text) => expect(() => parseDuration(text)).toThrow(RangeError),
);

test('K-1: 2d is 48 hours, over the end of a month and a leap day too', () => {
  expect(addElapsed('2028-02-28T10:00:00.000Z', parseDuration('2d'))).toBe('2028-03-01T10:00:00.000Z');
});

test('adding is exact to the millisecond for any instant', () => {
  const at = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
  fc.assert(
    fc.property(at, fc.integer({ min: 1, max: 9999 }), (startMs, hours) => {
      expect(epochMs(addElapsed(instant(startMs), parseDuration(`${hours}h`)))).toBe(startMs + hours * HOUR_MS);
    }),
  );
});
