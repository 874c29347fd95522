import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Kysely } from 'kysely';
import { isRefusal, plusMs, type Instant } from '#kernel';
import { openSqlite } from '#sql';
import { TestLog, TestViews, type Said } from '#sql/testing';
import type { ViewsSchema } from '../schema.js';
import { assessmentProjection } from './projection.js';
import { assessmentQuery, latenessByDebtor, latenessByUnit, type AssessmentFilter } from './query.js';

const AT = '2026-03-01T00:00:00.000Z';
const MONTH: AssessmentFilter = { from: AT, to: '2026-04-01T00:00:00.000Z' };

let log: TestLog;
let views: TestViews;
let db: Kysely<ViewsSchema>;
beforeEach(async () => {
  log = await TestLog.open();
  views = await TestViews.open(log, [assessmentProjection]);
  db = openSqlite<ViewsSchema>({ file: join(log.folder, 'views.db'), readonly: true });
});
afterEach(async () => {
  await db.destroy();
  await views.close();
  await log.close();
});

const received: Said = {
  type: 'CaseReceived',
  data: { kind: 'complaint', channel: 'phone', parties: [], persons: 1, circumstances: [], unit: 'east' },
};
const missed = (clock: string, dueAt: Instant, owedBy?: readonly string[], run = 1): Said => ({
  type: 'DeadlineMissed',
  data: { clock, run, dueAt, ...(owedBy === undefined ? {} : { owedBy }) },
});
const escalated = (...recipients: string[]): Said => ({
  type: 'CaseEscalated',
  data: { escalationId: 'e', level: 1, reasonCode: 'DeadlineMissed', recipients },
});

const tell = async (caseId: string, ...said: readonly Said[]): Promise<void> =>
  views.reached(await log.append(caseId, ...said));

async function items(filter: Partial<AssessmentFilter> = {}) {
  const page = await assessmentQuery(db, { ...MONTH, ...filter });
  if (isRefusal(page)) throw new Error(page.code);
  return page.items.map(({ caseId, clock, owedBy, unit, fulfilledAt }) => [caseId, clock, owedBy, unit, fulfilledAt]);
}

describe('O-3: who was late', () => {
  test('each of those who owed it, with clock, unit, case, and when it was done all the same', async () => {
    const doneAt = plusMs(AT, 9000);
    await tell('a', received, missed('K-4', AT, ['wang', 'east']));
    await tell('a', { type: 'DeadlineFulfilledLate', data: { clock: 'K-4', run: 1, dueAt: AT, doneAt } });
    expect(await items()).toEqual([
      ['a', 'K-4', 'east', 'east', doneAt],
      ['a', 'K-4', 'wang', 'east', doneAt],
    ]);
  });

  test('the unit is the one that had the case then', async () => {
    await tell('a', received, missed('K-1', AT, ['li']), {
      type: 'CaseTransferred',
      data: { fromUnit: 'east', unit: 'west' },
    });
    await tell('a', missed('K-1', plusMs(AT, 1), ['li'], 2));
    expect((await items()).map(([, , , unit]) => unit)).toEqual(['east', 'west']);
  });

  test('who was called in and did not acknowledge is named, escalation by escalation', async () => {
    await tell('a', received, escalated('wang'), escalated('zhao', 'sun'));
    await tell('a', missed('escalation', AT, undefined, 2));
    expect((await items()).map(([, , owedBy]) => owedBy)).toEqual(['sun', 'zhao']);
  });

  test('a broken promise is owed by who has the case, and by nobody where nobody has it', async () => {
    const assigned: Said = { type: 'CaseAssigned', data: { unit: 'east', owner: 'li' } };
    await tell('a', received, assigned, missed('promise', AT));
    await tell('b', { ...received, data: { ...received.data!, unit: 'x' } }, missed('promise', AT));
    await tell('c', missed('promise', AT));
    expect((await items()).map(([, , owedBy]) => owedBy)).toEqual(['li', 'x', '']);
  });

  test('EVENTS 16: a verdict that is corrected takes with it what it said of anybody', async () => {
    await tell('a', received, missed('K-1', AT, ['li']), missed('K-2', AT, ['li']));
    const corrected = { clock: 'K-1', run: 1, from: 'missed', to: 'met', dueAt: AT, cause: 'x', replaces: 'y' };
    await tell('a', { type: 'VerdictCorrected', data: corrected });
    expect((await items()).map(([, clock]) => clock)).toEqual(['K-2']);
    await tell('a', { type: 'VerdictCorrected', data: { ...corrected, from: 'met', to: 'missed' } });
    expect(await items({ clock: 'K-1' })).toEqual([['a', 'K-1', 'east', 'east', null]]);
  });

  test('EVENTS 18: imported history calls nobody to account', async () => {
    await tell('a', { ...received, historical: true }, { ...missed('K-1', AT, ['li']), historical: true });
    expect(await items()).toEqual([]);
  });
});

describe('M-2: how often, by unit and person', () => {
  beforeEach(async () => {
    await tell('a', received, missed('K-1', AT, ['li', 'east']), missed('K-4', AT, ['wang']));
    await tell('b', received, missed('K-1', plusMs(AT, 1), ['li', 'east']));
    await tell('c', received, missed('K-1', MONTH.to, ['li', 'east']));
    const late = { clock: 'K-1', run: 1, dueAt: plusMs(AT, 1), doneAt: plusMs(AT, 2) };
    await tell('b', { type: 'DeadlineFulfilledLate', data: late });
  });

  test('each debtor counts what they owed; a unit counts each run once', async () => {
    expect(await latenessByDebtor(db, MONTH)).toEqual([
      { owedBy: 'east', clock: 'K-1', missed: 2, doneLate: 1 },
      { owedBy: 'li', clock: 'K-1', missed: 2, doneLate: 1 },
      { owedBy: 'wang', clock: 'K-4', missed: 1, doneLate: 0 },
    ]);
    expect(await latenessByUnit(db, MONTH)).toEqual([
      { unit: 'east', clock: 'K-1', missed: 2, doneLate: 1 },
      { unit: 'east', clock: 'K-4', missed: 1, doneLate: 0 },
    ]);
  });

  test('a figure opens the cases behind it, page by page', async () => {
    expect((await items({ owedBy: 'li' })).map(([caseId]) => caseId)).toEqual(['a', 'b']);
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await assessmentQuery(db, MONTH, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      if (isRefusal(page)) throw new Error(page.code);
      seen.push(...page.items.map(({ caseId, clock, owedBy }) => `${caseId} ${clock} ${owedBy}`));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(seen).toEqual(['a K-1 east', 'a K-1 li', 'a K-4 wang', 'b K-1 east', 'b K-1 li']);
    expect(await assessmentQuery(db, MONTH, { cursor: 'x' })).toMatchObject({ code: 'CURSOR_MALFORMED' });
  });
});
