import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  comparePositions,
  decodeEvent,
  deriveId,
  encodeData,
  instant,
  isId,
  isWellFormed,
  parseInstant,
  parsePositionToken,
  plusMs,
  positionToken,
  SystemClock,
  TestClock,
  upcast,
} from './index.js';

describe('instants', () => {
  test('an instant needs an offset and a day that exists', () => {
    expect(parseInstant('2026-02-28T10:00:00+08:00')).toBe('2026-02-28T02:00:00.000Z');
    for (const wrong of [
      '2026-02-28',
      '2026-02-28T10:00:00',
      '2026-02-30T10:00:00Z',
      '2026-13-01T00:00:00Z',
      'now',
      '',
    ]) {
      expect([wrong, parseInstant(wrong)]).toEqual([wrong, undefined]);
    }
  });

  test('instants compare as text in the order of time', () => {
    const ms = fc.integer({ min: 0, max: 4e12 });
    fc.assert(fc.property(ms, ms, (a, b) => expect(instant(a) < instant(b)).toBe(a < b)));
  });
});

describe('EVENTS 2: derived ids', () => {
  const secret = Buffer.alloc(32, 7);

  test('the same parts give the same id, other parts or another secret another', () => {
    expect(deriveId(secret, 'wang', 'key-1')).toBe(deriveId(secret, 'wang', 'key-1'));
    const all = [
      deriveId(secret, 'wang', 'key-1'),
      deriveId(secret, 'wangk', 'ey-1'),
      deriveId(Buffer.alloc(32, 8), 'wang', 'key-1'),
    ];
    expect(new Set(all).size).toBe(3);
    expect(all.every(isId)).toBe(true);
  });
});

describe('EVENTS 4: position tokens', () => {
  const big = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

  test('round trip, in order, whatever the numbers', () => {
    fc.assert(
      fc.property(big, big, (commit, prepare) => {
        expect(parsePositionToken('k3v9', positionToken('k3v9', { commit, prepare }))).toEqual({ commit, prepare });
        expect(Math.sign(comparePositions({ commit, prepare: 0n }, { commit: prepare, prepare: 0n }))).toBe(
          commit < prepare ? -1 : commit > prepare ? 1 : 0,
        );
      }),
    );
  });

  test('a token of another log is told apart from one that is none', () => {
    expect(parsePositionToken('k3v9', 'zzzz-1')).toBe('foreign');
    for (const wrong of ['', 'k3v9', 'k3v9-', 'k3v9-1-2-3', "k3v9-1' OR 1=1"])
      expect(parsePositionToken('k3v9', wrong)).toBe('malformed');
  });
});

test('EVENTS 5: a lone surrogate is found anywhere in a value', () => {
  expect(isWellFormed({ a: ['😀', { 中文: '\u0000' }] })).toBe(true);
  expect(isWellFormed({ a: ['fine', { b: '\ud83d' }] })).toBe(false);
  expect(isWellFormed({ ['\udc00']: 1 })).toBe(false);
});

test('an event of an older version is lifted step by step; one newer than the program is refused', () => {
  const upcasts = { CaseAssigned: [(d: object) => ({ ...d, b: 2 }), (d: object) => ({ ...d, c: 3 })] };
  expect(upcast(upcasts, 'CaseAssigned', 1, { a: 1 })).toEqual({ a: 1, b: 2, c: 3 });
  expect(upcast(upcasts, 'CaseAssigned', 3, { a: 1 })).toEqual({ a: 1 });
  expect(() => upcast(upcasts, 'CaseAssigned', 4, {})).toThrow('upgrade');
});

test('EVENTS 3: bytes that are no event of ours decode to nothing', () => {
  const event = { id: 'x', stream: 'case-1', revision: 0n, type: 'T', data: encodeData({ a: 1 }, undefined) };
  for (const metadata of ['', 'null', '[]', '{}', '{"v":1}', '{"v":1,"prev":"","actor":null}', '\u00ff']) {
    expect(decodeEvent({ ...event, metadata: Buffer.from(metadata) }, {})).toBeUndefined();
  }
});

describe('the clock', () => {
  test('a test clock wakes in the order of the instants, and does not go back', () => {
    const clock = new TestClock('2026-01-01T00:00:00.000Z');
    const woken: string[] = [];
    clock.wakeAt('2026-01-03T00:00:00.000Z', () => woken.push('third'));
    clock.wakeAt('2026-01-02T00:00:00.000Z', () => woken.push('second'));
    clock.wakeAt('2026-01-02T12:00:00.000Z', () => woken.push('never'))();
    clock.advance(86_400_000 * 2);
    expect(woken).toEqual(['second', 'third']);
    expect(() => clock.moveTo('2026-01-01T00:00:00.000Z')).toThrow(RangeError);
  });

  test('EVENTS 19: a wall clock that was moved suspends, until it agrees again or an operator confirms', () => {
    const wall = Date.now;
    try {
      const clock = new SystemClock();
      expect(clock.suspended).toBeUndefined();
      Date.now = () => wall() + 61_000;
      expect(clock.suspended?.driftMs).toBeGreaterThan(60_000);
      Date.now = wall;
      expect(clock.suspended).toBeUndefined();
      Date.now = () => wall() - 3_600_000;
      expect(clock.suspended?.driftMs).toBeLessThan(-3_500_000);
      clock.confirm();
      expect(clock.suspended).toBeUndefined();
    } finally {
      Date.now = wall;
    }
  });

  test('durations add in milliseconds', () =>
    expect(plusMs('2026-01-01T00:00:00.000Z', 1)).toBe('2026-01-01T00:00:00.001Z'));
});
