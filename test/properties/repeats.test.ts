import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instant, newId } from '#kernel';
import { loadPack } from '#policy';
import { RepeatDesk } from '../support/repeat-desk.js';

const TIMEOUT_MS = 300_000;
const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-01T00:00:00.000Z');

const PACK = `
id: plain
version: '1'
name: { zh: 一, en: One }
categories:
  - { id: lift, label: { zh: 电梯, en: Lift } }
  - { id: leak, label: { zh: 漏水, en: Leak } }
fields: [{ id: plate, label: { zh: 车牌, en: Plate }, personal: true, match: plate }]
severities:
  - { id: together, severity: important, when: '"together" in case.repeats', source: '·' }
  - { id: again, severity: major, when: '"again" in case.repeats', source: '·' }
clocks: []
compensation: { currency: CNY, matrix: [{ id: all, approverRole: supervisor, source: '·' }] }
repeats:
  - id: together
    label: { zh: 一起, en: Together }
    same: [category, field.plate]
    window: 5d
    atLeast: 3
    distinctComplainants: true
    source: '·'
  - { id: again, label: { zh: 再次, en: Again }, same: [complainant, category], afterHandling: true, source: '·' }
`;

/** Runs share a log; no caller and no car of one is of another. */
let runs = 0;

interface Fate {
  readonly day: number;
  readonly category: 'lift' | 'leak';
  readonly caller: number;
  readonly plate: number;
  /** What becomes of it afterwards, in this order. */
  readonly then: readonly ('resolve' | 'withdraw' | 'reopen' | 'lift' | 'leak')[];
}

const fate: fc.Arbitrary<Fate> = fc.record({
  day: fc.nat(12),
  category: fc.constantFrom('lift', 'leak'),
  caller: fc.nat(2),
  plate: fc.nat(1),
  then: fc.array(fc.constantFrom('resolve', 'withdraw', 'reopen', 'lift', 'leak'), { maxLength: 3 }),
});

/** The steps of all cases in some order that keeps each case's own; `match` matches what has happened so far. */
interface Telling {
  readonly turns: readonly number[];
  readonly matchAfter: number;
  readonly partitions: 1 | 4;
  /** Which sending the matching is killed at, where it is. */
  readonly killedAt: number | undefined;
}

const telling: fc.Arbitrary<Telling> = fc.record({
  turns: fc.array(fc.nat(99), { minLength: 30, maxLength: 30 }),
  matchAfter: fc.integer({ min: 1, max: 6 }),
  partitions: fc.constantFrom(1, 4),
  killedAt: fc.option(fc.nat(4), { nil: undefined }),
});

const at = (day: number): string => instant(START_MS + day * DAY_MS);

function steps(desk: RepeatDesk, id: string, { then, ...said }: Fate, run: number): (() => Promise<unknown>)[] {
  const { day, category, caller, plate } = said;
  const received = {
    kind: 'complaint',
    channel: 'phone',
    content: 'x',
    complainant: { phone: `138${run * 10 + caller}` },
    category,
    fields: { plate: plate === 0 ? `粤B ${run}` : `粵ｂ·${run}` },
  };
  return [
    () => desk.send(id, 'ReceiveCase', received, at(day)),
    ...then.map((it, index) => async () => {
      const on = at(day + 1 + index);
      const { phase: stands, category: now } = await desk.state(id);
      if (it === 'lift' || it === 'leak') {
        if (now !== it && (stands === 'received' || stands === 'handling'))
          await desk.send(id, 'ClassifyCase', { category: it }, on);
      } else if (it === 'withdraw') {
        if (stands !== 'withdrawn' && stands !== 'resolved')
          await desk.send(id, 'WithdrawCase', { reasonCode: 'x' }, on);
      } else if (it === 'reopen') {
        if (stands === 'withdrawn' || stands === 'resolved') await desk.send(id, 'ReopenCase', { reasonCode: 'x' }, on);
      } else if (stands === 'received' || stands === 'handling') {
        if (stands === 'received') await desk.send(id, 'AcceptCase', {}, on);
        await desk.send(id, 'ResolveCase', { outcome: 'remedied', resolution: 'x' }, on);
      }
    }),
  ];
}

/** What is on record in the end: of each case its links and its severity. */
async function told(desk: RepeatDesk, fates: readonly Fate[], telling: Telling) {
  const { turns, matchAfter, partitions, killedAt } = telling;
  const run = ++runs;
  const ids = fates.map(() => newId()).sort();
  const left = fates.map((it, n) => steps(desk, ids[n]!, it, run));
  for (let turn = 0; left.some((of) => of.length > 0); turn++) {
    const going = left.filter((of) => of.length > 0);
    await going[turns[turn % turns.length]! % going.length]!.shift()!();
    if (turn % matchAfter === 0)
      await desk.match({ partitions, ...(killedAt === undefined ? {} : { failing: killedAt }) });
  }
  await desk.match({ partitions });
  return await Promise.all(
    ids.map(async (id) => {
      const { repeats, severity } = await desk.state(id);
      const links = repeats
        .map((it) => [it.rule, it.complainants, it.cases.map((other) => ids.indexOf(other)).sort()] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      return { links, severity };
    }),
  );
}

let desk: RepeatDesk;
beforeAll(async () => void (desk = await RepeatDesk.open(loadPack(PACK, 'pack.yaml'))));
afterAll(() => desk.close());

const FROM_SCRATCH: Telling = { turns: [0], matchAfter: 10_000, partitions: 1, killedAt: undefined };

test(
  'R-4: any order, any partitions, withdrawals and new classifications at any time, killed anywhere: the links of the final set',
  async () => {
    let linked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 4, maxLength: 7 }), telling, async (fates, way) => {
        const scratch = await told(desk, fates, FROM_SCRATCH);
        linked += scratch.filter(({ links }) => links.length > 0).length;
        expect(await told(desk, fates, way)).toEqual(scratch);
      }),
      { numRuns: 60 },
    );
    expect(linked).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
