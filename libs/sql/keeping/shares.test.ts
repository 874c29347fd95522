import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dealt, slotOf, type DealtShare } from './shares.js';

const KEEPERS = ['a', 'b', 'c', 'd', 'e'];

/** Shares with whoever has them, some of whom are gone, and those who are there. */
const deals = fc.record({
  keepers: fc.uniqueArray(fc.constantFrom(...KEEPERS), { minLength: 1 }),
  holders: fc.array(fc.option(fc.constantFrom(...KEEPERS), { nil: undefined }), { minLength: 1, maxLength: 20 }),
});

const sharesOf = (holders: readonly (string | undefined)[]): DealtShare[] =>
  holders.map((holder, at) => ({ share: `share ${at}`, holder }));

const countsOf = (keepers: readonly string[], target: ReadonlyMap<string, string>): number[] =>
  keepers.map((keeper) => [...target.values()].filter((it) => it === keeper).length);

test('each share goes to somebody who is there, and to each as many as to any other, one more or less', () => {
  fc.assert(
    fc.property(deals, ({ keepers, holders }) => {
      const target = dealt(sharesOf(holders), keepers);
      expect([...target.keys()].sort()).toEqual(holders.map((_, at) => `share ${at}`).sort());
      const counts = countsOf(keepers, target);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(holders.length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});

test('what is dealt stays as it is, whoever reckons and in whatever order', () => {
  fc.assert(
    fc.property(deals, ({ keepers, holders }) => {
      const target = dealt(sharesOf(holders), keepers);
      const as = [...target].map(([share, holder]) => ({ share, holder }));
      expect(dealt(as.reverse(), [...keepers].reverse())).toEqual(target);
    }),
  );
});

test('nobody gives up a share while they have no more than their part', () => {
  fc.assert(
    fc.property(deals, ({ keepers, holders }) => {
      const target = dealt(sharesOf(holders), keepers);
      const least = Math.floor(holders.length / keepers.length);
      for (const keeper of keepers) {
        const had = sharesOf(holders).filter(({ holder }) => holder === keeper);
        const kept = had.filter(({ share }) => target.get(share) === keeper);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(had.length, least));
      }
    }),
  );
});

test('subjects go evenly over the slots, and always to the same one', () => {
  const counts = new Array<number>(12).fill(0);
  for (let at = 0; at < 12_000; at++) counts[slotOf(`018f3a${at.toString(16)}-7000-8000-${at * 7919}`, 12)]!++;
  for (const count of counts) expect(count).toBeGreaterThan(800);
  expect(['a', 'b', '018f', '工单'].map((subject) => slotOf(subject, 12))).toMatchInlineSnapshot(`
   [
     8,
     1,
     6,
     7,
   ]
  `);
});
