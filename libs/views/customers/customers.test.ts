import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isRefusal, type JsonObject } from '#kernel';
import { TestLog, TestViews, type Said } from '#sql/testing';
import { customerCasesProjection } from '../customer-cases/projection.js';
import { customerHistory, openCasesOf } from '../customer-cases/query.js';
import { caseBoardProjection } from '../case-board/projection.js';
import type { ViewsSchema } from '../schema.js';
import { customersProjection } from './projection.js';
import { customerList, nextCustomerDue, customersDue, type CustomerFilter } from './query.js';

const SECRET = Buffer.alloc(32, 9);
const PROJECTIONS = [customersProjection(SECRET), customerCasesProjection(SECRET), caseBoardProjection];

let log: TestLog;
let views: TestViews;
beforeEach(async () => {
  log = await TestLog.open();
  views = await TestViews.open(log, PROJECTIONS);
});
afterEach(async () => {
  await views.close();
  await log.close();
});

const tell = async (stream: string, ...said: Said[]): Promise<void> => views.reached(await log.append(stream, ...said));

/** @returns the key under which the customer's words stand */
async function register(id: string, details: JsonObject, data: JsonObject = {}): Promise<string> {
  const key = await log.key();
  await tell(`customer-${id}`, {
    type: 'CustomerRegistered',
    data: { partyId: key, kind: 'person', given: [], ...data },
    personal: { details: [key, details] },
  });
  return key;
}

async function complain(id: string, complainant: JsonObject, data: JsonObject = {}): Promise<string> {
  const key = await log.key();
  const parties = [{ partyId: key, role: 'complainant' }];
  await tell(`case-${id}`, {
    type: 'CaseReceived',
    data: { kind: 'complaint', channel: 'phone', parties, persons: 1, circumstances: [], ...data },
    personal: { complainant: [key, complainant] },
  });
  return key;
}

async function asked<T>(ask: (db: ReturnType<typeof views.reading<ViewsSchema>>) => Promise<T>): Promise<T> {
  const db = views.reading<ViewsSchema>();
  try {
    return await ask(db);
  } finally {
    await db.destroy();
  }
}

const found = (filter: CustomerFilter): Promise<readonly string[]> =>
  asked(async (db) => {
    const page = await customerList(db, filter);
    if (isRefusal(page)) throw new Error(page.code);
    return page.items.map(({ customerId }) => customerId);
  });

describe('C-1: customers are found', () => {
  beforeEach(async () => {
    await register('a', { name: '王小芳', phone: '138 0013 8000', room: '3-1201' });
    await register('b', { name: 'Anna Smith', email: 'anna@example.org' }, { unit: 'east' });
    await tell('customer-b', { type: 'TierAssigned', data: { tier: 'important', source: '·' } });
    const key = await register('c', { name: '王强' });
    await tell('customer-c', {
      type: 'SpecialOwnerListed',
      personal: { groups: [key, ['elderly_alone']] },
    });
  });

  const CASES: readonly (readonly [string, CustomerFilter, readonly string[]])[] = [
    ['all, the newest first', {}, ['c', 'b', 'a']],
    ['a name of two characters', { text: '王强' }, ['c']],
    ['a part of a name', { text: '小芳' }, ['a']],
    ['one character', { text: '王' }, ['c', 'a']],
    ['a number as it is compared', { text: '13800138000' }, ['a']],
    ['the beginning of a word', { text: 'smi' }, ['b']],
    ['a room', { text: '1201' }, ['a']],
    ['nothing that is a word', { text: '…' }, []],
    ['a tier', { tier: 'important' }, ['b']],
    ['a unit', { unit: 'east' }, ['b']],
    ['owners listed apart', { special: true }, ['c']],
    ['with another filter', { special: false, text: '王' }, ['a']],
  ];
  // One log for all of them: to open it takes longer than to ask.
  test('by name, number, room, tier, unit, and apart', async () => {
    for (const [by, filter, expected] of CASES) expect([by, await found(filter)]).toEqual([by, expected]);
  });

  test('page by page, each once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await asked((db) => customerList(db, { limit: 1, ...(cursor === undefined ? {} : { cursor }) }));
      if (isRefusal(page)) throw new Error(page.code);
      seen.push(...page.items.map(({ customerId }) => customerId));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toEqual(['c', 'b', 'a']);
    expect(await asked((db) => customerList(db, { cursor: 'x' }))).toMatchObject({ code: 'CURSOR_MALFORMED' });
  });
});

test('C-3: corrected details replace those before in all that a customer is found by', async () => {
  const key = await register('a', { name: '王芳', phone: '13800138000' });
  await tell('customer-a', {
    type: 'DetailsCorrected',
    data: { given: [] },
    personal: { details: [key, { name: '黄芳', phone: '13900139000' }] },
  });
  expect(await found({ text: '王芳' })).toEqual([]);
  expect(await found({ text: '13800138000' })).toEqual([]);
  expect(await found({ text: '黄芳' })).toEqual(['a']);
});

describe('C-1: the complaint history', () => {
  test('cases that were verified, and those that agree in number or in name and contact; counts by phase', async () => {
    await register('a', { name: '王芳', phone: '13800138000', secondPhone: '010-6552 9988', email: 'w@example.org' });
    await complain('phone', { name: 'X', phone: '+86 138 0013 8000' });
    await complain('second', { name: 'X', phone: '01065529988' });
    await complain('contact', { name: '王芳', email: 'W@example.org' });
    await complain('name', { name: '王芳' });
    const party = await complain('verified', { phone: '13700000000' });
    await tell('case-verified', {
      type: 'IdentityVerified',
      data: { partyId: party, result: 'verified', customerId: 'a' },
    });
    const other = await complain('others', { phone: '13800138000' });
    await tell('case-others', {
      type: 'IdentityVerified',
      data: { partyId: other, result: 'verified', customerId: 'b' },
    });
    await complain('visit', { phone: '13800138000' }, { kind: 'visit', openedFrom: { customerId: 'a', visit: 'V-2' } });
    await tell('case-phone', { type: 'CaseWithdrawn', data: { reasonCode: 'x' } });
    const history = await asked((db) => customerHistory(db, 'a'));
    expect(history.items.map(({ caseId, verified }) => [caseId, verified])).toEqual([
      ['verified', true],
      ['contact', false],
      ['second', false],
      ['phone', false],
    ]);
    expect(history).toMatchObject({ total: 4, byPhase: { received: 3, withdrawn: 1 } });
    expect([...(await asked((db) => openCasesOf(db, 'a')))].sort()).toEqual(['verified', 'visit']);
  });

  test('who turned out to be another one is no more in the file', async () => {
    await register('a', { name: '王芳' });
    const partyId = await complain('case', { name: '王芳' });
    await tell('case-case', { type: 'IdentityVerified', data: { partyId, result: 'verified', customerId: 'a' } });
    await tell('case-case', { type: 'IdentityVerified', data: { partyId, result: 'mismatch' } });
    expect(await asked((db) => customerHistory(db, 'a'))).toEqual({ items: [], byPhase: {}, total: 0 });
  });
});

test('V-2: what waits to fall due comes in order; what fell due, or was called off, waits no more', async () => {
  await register('a', { name: '王芳' });
  const schedule = (visitId: string, day: string): Said => ({
    type: 'VisitScheduled',
    data: { visitId, visit: 'V', milestoneId: 'm', occurrence: 0, opensAt: `${day}T00:00:00.000Z`, source: '·' },
  });
  await tell('customer-a', schedule('v1', '2026-02-01'), schedule('v2', '2026-01-01'), schedule('v3', '2026-03-01'));
  const due = async (before: string): Promise<readonly string[]> =>
    (await asked((db) => customersDue(db, before, 10))).map(({ dueId }) => dueId);
  expect(await due('2026-02-01T00:00:00.000Z')).toEqual(['v2']);
  expect(await due('2026-02-01T00:00:00.001Z')).toEqual(['v2', 'v1']);
  const [first] = await asked((db) => customersDue(db, '2026-04-01T00:00:00.000Z', 1));
  expect((await asked((db) => customersDue(db, '2026-04-01T00:00:00.000Z', 10, first))).map((it) => it.dueId)).toEqual([
    'v1',
    'v3',
  ]);
  expect(await asked((db) => nextCustomerDue(db, '2026-02-01T00:00:00.001Z'))).toBe('2026-03-01T00:00:00.000Z');
  await tell('customer-a', { type: 'VisitFellDue', data: { visitId: 'v2' } });
  await tell('customer-a', { type: 'VisitCancelled', data: { visitId: 'v3', reasonCode: 'milestone_withdrawn' } });
  expect(await due('2027-01-01T00:00:00.000Z')).toEqual(['v1']);
});

test('C-2: duties of the file wait among the visits; one that was missed is overdue until it is met', async () => {
  await register('a', { name: '王芳' });
  const set = (dutyId: string, day: string): Said => ({
    type: 'FileDutySet',
    data: { dutyId, duty: 'D', dueAt: `${day}T00:00:00.000Z`, budget: '7d', source: '·' },
  });
  const visit = { visitId: 'v1', visit: 'V', milestoneId: 'm', occurrence: 0, source: '·' };
  await tell('customer-a', set('d1', '2026-02-01'), set('d2', '2026-04-01'), {
    type: 'VisitScheduled',
    data: { ...visit, opensAt: '2026-03-01T00:00:00.000Z' },
  });
  const due = async (): Promise<readonly string[]> =>
    (await asked((db) => customersDue(db, '2027-01-01T00:00:00.000Z', 10))).map(({ dueId }) => dueId);
  expect(await due()).toEqual(['d1', 'v1', 'd2']);
  const [first] = await asked((db) => customersDue(db, '2027-01-01T00:00:00.000Z', 1));
  expect((await asked((db) => customersDue(db, '2027-01-01T00:00:00.000Z', 1, first)))[0]?.dueId).toBe('v1');
  expect(await asked((db) => nextCustomerDue(db, '2026-01-01T00:00:00.000Z'))).toBe('2026-02-01T00:00:00.000Z');
  expect([await found({ fileOverdue: true }), await found({ fileOverdue: false })]).toEqual([[], ['a']]);
  await tell('customer-a', { type: 'FileDutyMissed', data: { dutyId: 'd1' } });
  expect([await due(), await found({ fileOverdue: true })]).toEqual([['v1', 'd2'], ['a']]);
  await tell('customer-a', { type: 'FileDutyCancelled', data: { dutyId: 'd2' } });
  expect([await due(), await found({ fileOverdue: true })]).toEqual([['v1'], ['a']]);
  await tell('customer-a', { type: 'FileDutyMet', data: { dutyId: 'd1' } });
  expect(await found({ fileOverdue: true })).toEqual([]);
});

test('C-2, C-3: nobody owes the file of a customer who was erased', async () => {
  const key = await register('a', { name: '王芳' });
  for (const dutyId of ['d1', 'd2']) {
    const data = { dutyId, duty: 'D', dueAt: '2026-02-01T00:00:00.000Z', budget: '7d', source: '·' };
    await tell('customer-a', { type: 'FileDutySet', data });
  }
  await tell('customer-a', { type: 'FileDutyMissed', data: { dutyId: 'd1' } });
  await tell('customer-a', { type: 'SubjectErased', data: { parties: [key], keyIds: [key] } });
  expect(await found({ fileOverdue: true })).toEqual([]);
  expect(await asked((db) => customersDue(db, '2027-01-01T00:00:00.000Z', 10))).toEqual([]);
});

test('EVENTS 10: an erasure takes names, hashes and words; the live view equals one made from nothing', async () => {
  const tables = [
    'customer',
    'customer_key',
    'customer_visit',
    'customer_duty',
    'customer_text',
    'customer_term',
    'customer_case',
  ];
  const all = async (of: TestViews): Promise<string> =>
    JSON.stringify(await Promise.all(tables.map((table) => of.rows(table))));
  const key = await register('a', { name: '王芳', phone: '13800138000' });
  await tell('customer-a', { type: 'SpecialOwnerListed', personal: { groups: [key, ['elderly_alone']] } });
  const contact = await log.key();
  await tell('customer-a', {
    type: 'ContactAdded',
    data: { contactId: contact, given: [] },
    personal: { details: [contact, { name: '李强' }] },
  });
  expect(await all(views)).toMatch(/王芳.*李强|李强.*王芳/s);
  await views.reached(await log.erase('customer-a', key));
  expect(await all(views)).not.toMatch(/王芳|13800138000|elderly/);
  expect(await all(views)).toContain('李强');
  expect(await views.rows('customer_key')).toEqual([]);
  expect(await found({ text: '王芳' })).toEqual([]);
  const fresh = await TestViews.open(log, PROJECTIONS, { named: 'fresh' });
  try {
    await fresh.reached((await log.store.head())!);
    expect(await all(fresh)).toBe(await all(views));
  } finally {
    await fresh.close();
  }
});
