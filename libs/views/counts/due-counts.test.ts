import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { isRefusal, plusMs } from '#kernel';
import { TestLog, TestViews, type Said } from '#sql/testing';
import { BOARD_SORTS, caseBoard, dueCounts, PROJECTIONS, type BoardFilter, type ViewsSchema } from '#views';
import { SOON_MS } from './query.js';

const AT = '2026-03-01T00:00:00.000Z';
const SOON = plusMs(AT, SOON_MS);
const HOUR_MS = 60 * 60 * 1000;
const UNITS = ['east', 'west'];
/** Hours from `AT` at which deadlines are due: both ends of what is due soon are among them. */
const DUE_HOURS = [-30, -1, 0, 1, 23, 24, 50];

/** What is known of a case beside what the views make of it. */
interface Known {
  readonly caseId: string;
  readonly unit: string;
  readonly dueMs: readonly number[];
  readonly missed: boolean;
  readonly end: 'none' | 'closed' | 'historical';
}

let log: TestLog;
let views: TestViews;
let db: Kysely<ViewsSchema>;
const known: Known[] = [];

beforeAll(async () => {
  log = await TestLog.open();
  views = await TestViews.open(log, PROJECTIONS);
  db = views.reading<ViewsSchema>();
  const desk = fc.record({
    unit: fc.constantFrom(...UNITS),
    dueMs: fc.array(fc.constantFrom(...DUE_HOURS.map((hours) => hours * HOUR_MS)), { maxLength: 3 }),
    missed: fc.boolean(),
    end: fc.constantFrom('none' as const, 'none' as const, 'closed' as const, 'historical' as const),
  });
  for (const [number, it] of fc.sample(desk, { numRuns: 120, seed: 24 }).entries()) {
    const caseId = `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
    known.push({ caseId, ...it });
    await views.reached(await log.append(caseId, ...lifeOf(it)));
  }
});
afterAll(async () => {
  await db.destroy();
  await views.close();
  await log.close();
});

function lifeOf({ unit, dueMs, missed, end }: Omit<Known, 'caseId'>): readonly [Said, ...Said[]] {
  const received: Said = {
    type: 'CaseReceived',
    data: { kind: 'complaint', channel: 'phone', parties: [], persons: 1, circumstances: [], unit },
    ...(end === 'historical' && { historical: true }),
  };
  const clock = (name: string, dueAt: string): Said => ({
    type: 'DeadlineSet',
    data: { clock: name, run: 1, countsFrom: 'recorded', startsAt: AT, dueAt, budget: '2d', source: 'K-1' },
  });
  const about = { clock: 'first_reply', run: 1 };
  return [
    received,
    ...dueMs.map((ms, number) => clock(`c${number}`, plusMs(AT, ms))),
    ...(missed ? [clock('first_reply', AT), { type: 'DeadlineMissed', data: { ...about, dueAt: AT } }] : []),
    ...(end === 'closed' ? [{ type: 'CaseClosed', data: {} }] : []),
  ];
}

const isLate = ({ dueMs, missed, end }: Known): boolean =>
  (missed && end !== 'closed') || (end !== 'historical' && dueMs.some((ms) => ms < 0));
const isSoon = ({ dueMs, end }: Known): boolean => end !== 'historical' && dueMs.some((ms) => ms >= 0 && ms < SOON_MS);

async function onBoard(filter: Omit<BoardFilter, 'at'>): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await caseBoard(db, { at: AT, limit: 7, ...filter, ...(cursor !== undefined && { cursor }) });
    if (isRefusal(page)) throw new Error(page.code);
    found.push(...page.items.map(({ caseId }) => caseId));
    cursor = page.next;
  } while (cursor !== undefined);
  return found.sort();
}

const idsOf = (cases: readonly Known[]): string[] => cases.map(({ caseId }) => caseId);

test('what is overdue and what is due within 24 h is counted as of the instant of asking', async () => {
  const late = known.filter(isLate).length;
  const soon = known.filter(isSoon).length;
  expect(known.filter((it) => isLate(it) && isSoon(it)).length).toBeGreaterThan(0);
  expect(await dueCounts(db, AT)).toEqual({ overdue: late, dueSoon: soon });
});

test('a counter leads to exactly the cases that it counts, whatever the board is sorted by and narrowed to', async () => {
  expect(await onBoard({ overdue: true })).toEqual(idsOf(known.filter(isLate)));
  expect(await onBoard({ dueBefore: SOON })).toEqual(idsOf(known.filter(isSoon)));
  const filters = fc.record({
    sort: fc.constantFrom(...(Object.keys(BOARD_SORTS) as (keyof typeof BOARD_SORTS)[])),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
    unit: fc.option(fc.constantFrom(...UNITS), { nil: undefined }),
    overdue: fc.option(fc.boolean(), { nil: undefined }),
    dueBefore: fc.option(fc.constant(SOON), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(filters, async ({ unit, overdue, dueBefore, ...order }) => {
      const matches = (it: Known): boolean =>
        (unit === undefined || it.unit === unit) &&
        (overdue === undefined || isLate(it) === overdue) &&
        (dueBefore === undefined || isSoon(it));
      const asked = { ...order, ...(unit && { unit }), ...(overdue !== undefined && { overdue }) };
      expect(await onBoard({ ...asked, ...(dueBefore && { dueBefore }) })).toEqual(idsOf(known.filter(matches)));
    }),
    { numRuns: 60 },
  );
});
