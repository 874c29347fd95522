import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { plusMs, type Instant } from '#kernel';
import type { Row } from '#sql';
import { TestLog, TestViews, type Said } from '#sql/testing';
import {
  caseTimeline,
  dueBefore,
  counts,
  deadlinesQuery,
  nextDue,
  PROJECTIONS,
  type DeadlineItem,
  type ViewsSchema,
} from './index.js';

const AT = '2026-01-06T00:00:00.000Z';
const TABLES = PROJECTIONS.flatMap(({ tables }) => tables.map(({ shape }) => shape.name));

let log: TestLog;
let views: TestViews;
let db: Kysely<ViewsSchema>;
let key: string;
beforeEach(async () => {
  log = await TestLog.open();
  key = await log.key();
  views = await TestViews.open(log, PROJECTIONS);
  db = views.reading<ViewsSchema>();
});
afterEach(async () => {
  await db.destroy();
  await views.close();
  await log.close();
});

const received = (unit = 'east'): Said => ({
  type: 'CaseReceived',
  data: { kind: 'complaint', channel: 'phone', parties: [], persons: 1, circumstances: [], unit },
  personal: { content: [key, '天花板漏水'] },
});
const deadline = (clock: string, dueAt: Instant): Said => ({
  type: 'DeadlineSet',
  data: { clock, run: 1, countsFrom: 'recorded', startsAt: AT, dueAt, budget: '2d', source: 'K-1' },
});
const promise = (promiseId: string, dueAt: Instant): Said => ({
  type: 'PromiseMade',
  data: { promiseId, dueAt },
  personal: { text: [key, 'we call back'] },
});
const ground = { groundId: 'g', rule: 'S-1', severity: 'major', evidence: [], source: 'G' };

const tell = async (caseId: string, ...said: readonly Said[]): Promise<void> =>
  views.reached(await log.append(caseId, ...said));

async function deadlines(filter: Partial<Parameters<typeof deadlinesQuery>[1]> = {}): Promise<readonly DeadlineItem[]> {
  const page = await deadlinesQuery(db, { at: AT, ...filter });
  if ('refused' in page) throw new Error(page.code);
  return page.items;
}

async function rowsOf(of: TestViews): Promise<[string, Row[]][]> {
  return Promise.all(TABLES.map(async (table) => [table, await of.rows(table)] as [string, Row[]]));
}

describe('deadlines', () => {
  test('what breaks next comes first, with the unit, owner and severity the case has now', async () => {
    await tell('a', received(), deadline('plan', plusMs(AT, 2)), deadline('first_reply', plusMs(AT, 1)));
    const raised: Said = { type: 'SeverityRaised', data: { from: 'general', to: 'major', ground } };
    await tell('a', { type: 'CaseAssigned', data: { unit: 'west', owner: 'li' } }, raised);
    const common = { unit: 'west', owner: 'li', severity: 'major', state: 'running' };
    expect(await deadlines()).toMatchObject([
      { clock: 'first_reply', ...common },
      { clock: 'plan', ...common },
    ]);
    expect(await deadlines({ unit: 'east' })).toEqual([]);
    expect(await deadlines({ unit: 'west', clock: 'plan', severity: 'major' })).toHaveLength(1);
    expect(await nextDue(db, '')).toBe(plusMs(AT, 1));
  });

  test('EVENTS.md 17: a running one that is past shows as missed; at its instant it is in time', async () => {
    await tell('a', received(), deadline('first_reply', AT));
    expect(await deadlines({ state: 'missed' })).toEqual([]);
    expect(await deadlines({ state: 'missed', at: plusMs(AT, 1) })).toMatchObject([{ state: 'missed' }]);
    expect(await deadlines({ at: plusMs(AT, 1) })).toEqual([]);
    expect(await dueBefore(db, AT, 10)).toEqual([]);
    expect(await dueBefore(db, plusMs(AT, 1), 10)).toMatchObject([{ caseId: 'a', at: AT }]);
  });

  test('K-3: a promise is a clock, with one verdict; a corrected verdict shows what it was', async () => {
    await tell('a', received(), promise('p1', AT), promise('p2', plusMs(AT, 5)), deadline('plan', plusMs(AT, 9)));
    await tell('a', { type: 'PromiseBroken', data: { promiseId: 'p1', dueAt: AT } });
    await tell('a', { type: 'PromiseKept', data: { promiseId: 'p1' } });
    expect(await deadlines({ state: 'missed' })).toMatchObject([{ clock: 'promise', run: 1, promiseId: 'p1' }]);
    expect(await nextDue(db, '')).toBe(plusMs(AT, 5));
    await tell('a', { type: 'CaseWithdrawn', data: { reasonCode: 'settled' } });
    expect(await deadlines({ state: 'cancelled' })).toMatchObject([{ promiseId: 'p2' }]);
    await tell('a', { type: 'DeadlineMissed', data: { clock: 'plan', run: 1, dueAt: plusMs(AT, 9) } });
    const corrected = { clock: 'plan', run: 1, from: 'missed', to: 'met', cause: 'e', metAt: AT };
    await tell('a', { type: 'VerdictCorrected', data: corrected });
    expect(await deadlines({ state: 'met' })).toMatchObject([
      { clock: 'plan', corrected: { from: 'missed', cause: 'e' } },
    ]);
    expect(await nextDue(db, '')).toBeUndefined();
  });

  test('EVENTS.md 18: no timer waits for imported history, until it is taken over', async () => {
    await tell('a', { ...received(), historical: true }, deadline('first_reply', AT));
    expect(await nextDue(db, '')).toBeUndefined();
    expect(await deadlines({ at: '2026-01-01T00:00:00.000Z' })).toEqual([]);
    await tell('a', { type: 'TakenOver', data: { at: AT } });
    expect(await nextDue(db, '')).toBe(AT);
  });

  test('pages hold every deadline once', async () => {
    for (let count = 0; count < 13; count++)
      await tell(`c${count}`, received(), deadline('plan', plusMs(AT, count % 4)));
    for (const direction of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await deadlinesQuery(db, { at: AT, direction, limit: 5, ...(cursor !== undefined && { cursor }) });
        if ('refused' in page) throw new Error(page.code);
        seen.push(...page.items.map(({ caseId }) => caseId));
        cursor = page.next;
      } while (cursor !== undefined);
      expect([seen.length, new Set(seen).size]).toEqual([13, 13]);
    }
    expect(await deadlinesQuery(db, { at: AT, cursor: 'none' })).toMatchObject({ code: 'CURSOR_MALFORMED' });
  });
});

test('counts follow the cases from phase to phase and unit to unit', async () => {
  await tell('a', received());
  await tell('b', received('west'), { type: 'CaseAccepted' });
  expect(await counts(db)).toEqual({
    cases: 2,
    byPhase: { received: 1, handling: 1 },
    bySeverity: { general: 2 },
    byUnit: { east: 1, west: 1 },
  });
  await tell('a', { type: 'CaseDeclined', data: { reasonCode: 'late' } });
  await tell('b', { type: 'CaseTransferred', data: { fromUnit: 'west', unit: 'east' } });
  expect(await counts(db)).toMatchObject({ byPhase: { declined: 1, handling: 1 }, byUnit: { east: 2 } });
});

describe('timeline', () => {
  test('tells who, when and under which rule; personal words are opened at reading and not stored', async () => {
    const raised: Said = { type: 'SeverityRaised', data: { from: 'general', to: 'major', ground } };
    await tell('a', received(), raised);
    const sources = { reader: log.store, vault: log.vault, upcasts: {} };
    expect(await caseTimeline(db, { caseId: 'a' }, sources)).toMatchObject([
      { revision: 0, type: 'CaseReceived', actor: { id: 'wang' }, personal: { content: { value: '天花板漏水' } } },
      { revision: 1, rule: 'S-1', policy: { pack: 'group', version: '1' }, personal: {} },
    ]);
    expect(JSON.stringify(await views.rows('case_timeline'))).not.toContain('漏水');
    expect(await caseTimeline(db, { caseId: 'a' })).toMatchObject([{ personal: {} }, { personal: {} }]);
    expect(await caseTimeline(db, { caseId: 'b' })).toEqual([]);
  });

  test('EVENTS.md 8: what was erased is told as erased', async () => {
    await tell('a', received());
    await views.reached(await log.erase('a', key));
    const sources = { reader: log.store, vault: log.vault, upcasts: {} };
    const [first] = await caseTimeline(db, { caseId: 'a' }, sources);
    expect(first!.personal).toEqual({ content: { erased: true } });
  });
});

test('every view: live rows equal those of a cold rebuild and of events delivered twice, for any history', async () => {
  const gone = await log.key();
  /** What is under this key is said of case `a` only, and no more once it is erased. */
  const eventsUnder = (text: string): Said[] => [
    received(),
    { ...received('west'), historical: true },
    deadline('first_reply', AT),
    promise('p', AT),
    { type: 'PromiseBroken', data: { promiseId: 'p', dueAt: AT } },
    { type: 'DeadlineMissed', data: { clock: 'first_reply', run: 1, dueAt: AT } },
    { type: 'VerdictCorrected', data: { clock: 'first_reply', run: 1, from: 'missed', to: 'met', cause: 'e' } },
    { type: 'CaseAssigned', data: { unit: 'west', owner: 'li' } },
    { type: 'HandlerRecused', data: { person: 'li', reasonCode: 'self' } },
    { type: 'CaseEscalated', data: { escalationId: 'x', level: 1, reasonCode: 'r', recipients: [] } },
    { type: 'CaseAccepted' },
    { type: 'CaseResolved', data: { outcome: 'remedied' }, personal: { resolution: [text, '换了管道'] } },
    { type: 'CaseReopened', data: { from: 'resolved', to: 'handling', reasonCode: 'again' } },
    { type: 'NoteAdded', data: { noteId: 'n' }, personal: { text: [text, 'secret note'] } },
    { type: 'TakenOver', data: { at: AT } },
    { type: 'CaseClosed' },
    { type: 'NobodyKnowsThis', data: { any: 1 } },
  ];
  const step = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(eventsUnder(key).length - 1));
  const [before, after] = fc.sample(fc.array(step, { minLength: 80, maxLength: 120 }), { numRuns: 2, seed: 8 });
  for (const [caseId, at] of before!) await log.append(caseId, eventsUnder(caseId === 'a' ? gone : key)[at]!);
  await log.erase('a', gone);
  for (const [caseId, at] of after!) await log.append(caseId, eventsUnder(key)[at]!);
  await views.reached((await log.store.head())!);
  const live = await rowsOf(views);
  const readAll: typeof log.store.readAll = async (options) =>
    (await log.store.readAll(options)).flatMap((event) => [event, event]);
  const twice = {
    head: () => log.store.head(),
    lastDelivered: () => log.store.lastDelivered(),
    readStream: log.store.readStream.bind(log.store),
    readAll,
  };
  const reader = Object.assign(Object.create(log.store) as typeof log.store, twice);
  for (const options of [{ named: 'cold' }, { named: 'twice', reader, coldBatchEvents: 7 }]) {
    const other = await TestViews.open(log, PROJECTIONS, options);
    await other.reached((await log.store.head())!);
    expect(await rowsOf(other)).toEqual(live);
    await other.close();
  }
});
