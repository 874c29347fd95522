import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instant, plusMs } from '#kernel';
import { loadPack } from '../load.js';
import { groupPack } from '../shipped.js';
import { matchesAmong, type CountedCase } from './matching.js';
import { RepeatRules, type PreparedRepeat } from './rules.js';

const sameMatter = prepared(groupPack(), 'S-1.same-matter');

function prepared(policy = groupPack(), id: string): PreparedRepeat {
  const rules = new RepeatRules([policy]);
  return rules
    .samenessesOf(policy.id)
    .flatMap((it) => rules.rulesOf(policy.id, policy.version, it.id))
    .find(({ rule }) => rule.id === id)!;
}

const ruled = (repeat: string): PreparedRepeat =>
  prepared(
    loadPack(
      `
id: plain
version: '1'
name: { zh: 一, en: One }
categories: [{ id: lift, label: { zh: 电梯, en: Lift } }]
severities: []
clocks: []
compensation: { currency: CNY, matrix: [{ id: all, approverRole: supervisor, source: '·' }] }
repeats: [{ id: it, label: { zh: 一, en: It }, same: [category], source: '·', ${repeat} }]
`,
      'pack.yaml',
    ),
    'it',
  );

const on = (caseId: string, day: string, complainant: string | undefined = caseId, time = '12:00'): CountedCase => ({
  caseId,
  at: new Date(`2026-${day}T${time}:00+08:00`).toISOString(),
  complainant,
  handled: [],
});
const hits = (rule: PreparedRepeat, ...cases: CountedCase[]): string[] => [...matchesAmong(rule, cases).keys()].sort();

describe('S-1: three complaints about the same matter by different complainants within one month', () => {
  test('15 January, 30 January and 14 February are a hit, all three of them', () => {
    const cases = [on('a', '01-15'), on('b', '01-30'), on('c', '02-14')];
    expect(matchesAmong(sameMatter, cases)).toEqual(
      new Map([
        ['a', { cases: ['b', 'c'], complainants: 3 }],
        ['b', { cases: ['a', 'c'], complainants: 3 }],
        ['c', { cases: ['a', 'b'], complainants: 3 }],
      ]),
    );
  });

  test('with 16 February instead they are not', () => {
    expect(hits(sameMatter, on('a', '01-15'), on('b', '01-30'), on('c', '02-16'))).toEqual([]);
  });

  test('to the instant: a month later at the same time of day is within it, a minute later is not', () => {
    const two = [on('a', '01-15'), on('b', '01-30')];
    expect(hits(sameMatter, ...two, on('c', '02-15'))).toEqual(['a', 'b', 'c']);
    expect(hits(sameMatter, ...two, on('c', '02-15', 'c', '12:01'))).toEqual([]);
  });

  test('a month is counted where the office is: from 31 January it ends on 28 February', () => {
    const two = [on('a', '01-31', 'a', '00:30'), on('b', '02-10')];
    expect(hits(sameMatter, ...two, on('c', '02-28', 'c', '00:30'))).toHaveLength(3);
    expect(hits(sameMatter, ...two, on('c', '02-28', 'c', '00:31'))).toEqual([]);
  });

  test('the same complainant three times is one; who is not known is nobody different', () => {
    expect(hits(sameMatter, on('a', '01-15', 'x'), on('b', '01-20', 'x'), on('c', '01-25', 'x'))).toEqual([]);
    const unknown = { ...on('u', '01-26'), complainant: undefined };
    expect(hits(sameMatter, on('a', '01-15'), on('b', '01-20'), unknown)).toEqual([]);
    expect(hits(sameMatter, on('a', '01-15'), on('b', '01-20'), on('c', '01-25'), unknown)).toHaveLength(4);
  });
});

test('in a wave each case names the nearest ones, and counts no further than it names', () => {
  const wave = Array.from({ length: 100 }, (_, n) => ({ ...on(`${100 + n}`, '01-15'), at: instant(n) }));
  const matches = matchesAmong(sameMatter, wave);
  expect(matches.size).toBe(100);
  expect(matches.get('150')).toEqual({
    cases: [
      ...Array.from({ length: 10 }, (_, n) => `${140 + n}`),
      ...Array.from({ length: 10 }, (_, n) => `${151 + n}`),
    ],
    complainants: 21,
  });
});

describe('R-1: after the previous one', () => {
  const within48h = ruled('counting: previous, window: 48h');

  test('not later than the window after the previous opening, at its end still within', () => {
    const first = on('a', '01-01');
    expect(hits(within48h, first, { ...on('b', '01-01'), at: plusMs(first.at, 48 * 3_600_000) })).toEqual(['a', 'b']);
    expect(hits(within48h, first, { ...on('b', '01-01'), at: plusMs(first.at, 48 * 3_600_000 + 1) })).toEqual([]);
  });

  test('each is linked with its neighbours, not with the whole chain', () => {
    const chain = [on('a', '01-01'), on('b', '01-02'), on('c', '01-03')];
    expect([...matchesAmong(within48h, chain)].map(([id, { cases }]) => [id, cases])).toEqual([
      ['b', ['a', 'c']],
      ['a', ['b']],
      ['c', ['b']],
    ]);
  });
});

describe('S-1: a second complaint after handling was finished', () => {
  const afterHandling = prepared(groupPack(), 'S-1.after-handling');
  const handled = (it: CountedCase, ...spans: [string, string?][]): CountedCase => ({ ...it, handled: spans });

  test('while the first is being handled it is none; afterwards both are', () => {
    const second = on('b', '01-10');
    expect(hits(afterHandling, on('a', '01-05'), second)).toEqual([]);
    expect(hits(afterHandling, handled(on('a', '01-05'), [plusMs(second.at, 1)]), second)).toEqual([]);
    expect(hits(afterHandling, handled(on('a', '01-05'), [second.at]), second)).toEqual(['a', 'b']);
  });

  test('while the first stood reopened it is none', () => {
    const second = on('b', '01-10');
    const reopened = handled(on('a', '01-05'), [plusMs(second.at, -9), plusMs(second.at, -1)], [plusMs(second.at, 1)]);
    expect(hits(afterHandling, reopened, second)).toEqual([]);
  });
});

describe('R-4: the same set gives the same links', () => {
  const rules = [
    sameMatter,
    ruled('window: 3d, atLeast: 2'),
    ruled('atLeast: 3'),
    ruled('counting: previous, window: 2d'),
    ruled('counting: previous, window: 5d, distinctComplainants: true'),
    ruled('afterHandling: true, window: 9d'),
  ];
  const cases = fc.array(
    fc.record({
      day: fc.integer({ min: 0, max: 60 }),
      complainant: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
      handledOn: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
    }),
    { maxLength: 9 },
  );
  const told = (said: readonly { day: number; complainant: string | undefined; handledOn: number | undefined }[]) =>
    said.map(({ day, complainant, handledOn }, n): CountedCase => ({
      caseId: String(n),
      at: instant(day * 86_400_000),
      complainant,
      handled: handledOn === undefined || handledOn < day ? [] : [[instant(handledOn * 86_400_000)]],
    }));

  test('whatever the order in which they are told, and links go both ways', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rules), cases.map(told), fc.infiniteStream(fc.nat()), (rule, set, numbers) => {
        const matches = matchesAmong(rule, set);
        const shuffled = [...set].map((it) => [numbers.next().value, it] as const).sort(([a], [b]) => a - b);
        const again = matchesAmong(
          rule,
          shuffled.map(([, it]) => it),
        );
        expect(Object.fromEntries(again)).toEqual(Object.fromEntries(matches));
        for (const [id, match] of matches)
          for (const other of match.cases) expect(matches.get(other)!.cases).toContain(id);
      }),
    );
  });

  test('together: a case is a repeat if and only if some window with it holds enough (by plain loops)', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rules.slice(0, 3)), cases.map(told), (rule, set) => {
        const { atLeast, distinctComplainants } = rule.rule;
        const expected = new Map<string, Set<string>>();
        for (const first of set) {
          const window = set.filter(({ at }) => at >= first.at && at <= rule.windowEnd(first.at));
          const people = new Set(window.flatMap(({ complainant }) => complainant ?? []));
          if ((distinctComplainants ? people.size : window.length) < atLeast) continue;
          for (const it of window) {
            const others = expected.get(it.caseId) ?? new Set();
            for (const other of window) if (other !== it) others.add(other.caseId);
            expected.set(it.caseId, others);
          }
        }
        const found = [...matchesAmong(rule, set)].map(([id, { cases: others }]) => [id, others] as const);
        expect(new Map(found)).toEqual(new Map([...expected].map(([id, others]) => [id, [...others].sort()] as const)));
      }),
    );
  });
});
