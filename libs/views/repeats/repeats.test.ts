import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '#kernel';
import { loadPack, RepeatRules } from '#policy';
import { TestLog, TestViews, type Said } from '#sql/testing';
import { repeatsProjection } from './projection.js';

const PACK = `
id: group
version: '1'
name: { zh: 一, en: One }
categories: [{ id: lift, label: { zh: 电梯, en: Lift } }]
fields:
  - { id: plate, label: { zh: 车牌, en: Plate }, personal: true, match: plate }
  - { id: room, label: { zh: 房号, en: Room }, personal: true, match: room }
severities: []
clocks: []
compensation: { currency: CNY, matrix: [{ id: all, approverRole: supervisor, source: '·' }] }
repeats:
  - { id: person, label: { zh: 人, en: Person }, same: [complainant], source: '·' }
  - { id: plate, label: { zh: 车, en: Plate }, same: [field.plate], source: '·' }
`;
const rules = new RepeatRules([loadPack(PACK, 'pack.yaml')]);
const [byPerson, byPlate] = rules.samenessesOf('group').map(({ id }) => id) as [string, string];
const projection = repeatsProjection({ rules, secret: Buffer.alloc(32, 9) });
const TABLES = projection.tables.map(({ shape }) => shape.name);

let log: TestLog;
let views: TestViews;
beforeEach(async () => {
  log = await TestLog.open();
  views = await TestViews.open(log, [projection]);
});
afterEach(async () => {
  await views.close();
  await log.close();
});

let key: string;
async function receive(id: string, complainant: JsonObject, fields: JsonObject = {}, data: JsonObject = {}) {
  key = await log.key();
  const received: Said = {
    type: 'CaseReceived',
    data: {
      kind: 'complaint',
      channel: 'phone',
      parties: [{ partyId: key, role: 'complainant' }],
      persons: 1,
      circumstances: [],
      ...data,
    },
    personal: { complainant: [key, complainant], fields: [key, fields] },
  };
  await views.reached(await log.append(id, received));
}

const tell = async (id: string, ...said: Said[]): Promise<void> => views.reached(await log.append(id, ...said));

async function hashOf(id: string, sameness: string): Promise<unknown> {
  return (await views.rows('repeat_key')).find((row) => row['case_id'] === id && row['sameness'] === sameness)?.[
    'hash'
  ];
}

const all = async (of: TestViews): Promise<string> =>
  JSON.stringify(await Promise.all(TABLES.map((it) => of.rows(it))));

test('EVENTS 10: what is personal stands in it as keyed hashes only', async () => {
  await receive('a', { name: '王小芳', phone: '13800138000', email: 'wang@example.org' }, { plate: '粤B12345' });
  const text = await all(views);
  for (const word of ['王小芳', '13800138000', 'wang', 'example', '粤', 'B12345', 'b12345'])
    expect(text).not.toContain(word);
  expect(await hashOf('a', byPerson)).toEqual(expect.stringMatching(/^[\w-]{22}$/));
});

describe('R-1: who is the same complainant', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['a phone, however it is written', { phone: '138 0013 8000' }, { name: 'X', phone: '+8613800138000' }],
    ['name and mail', { name: '陈伟', email: 'C@x.org' }, { name: '陳偉', email: 'c@x.org' }],
    ['what the source calls them', { reference: 'Caller 7', name: 'a' }, { reference: 'Caller 7', name: 'b' }],
  ])('%s', async (_, one, other) => {
    await receive('a', one);
    await receive('b', other);
    expect(await hashOf('a', byPerson)).toBe(await hashOf('b', byPerson));
    expect(await hashOf('a', byPerson)).toBeDefined();
  });

  test('a name alone makes nobody the same', async () => {
    await receive('a', { name: '王芳' });
    expect(await hashOf('a', byPerson)).toBeUndefined();
  });

  test('I-4: a customer file that was found goes before all else', async () => {
    await receive('a', { phone: '13800138000' });
    await tell('a', verified('c-1'));
    await receive('b', { phone: '13900139000' });
    await tell('b', verified('c-1'));
    expect(await hashOf('a', byPerson)).toBe(await hashOf('b', byPerson));
    await tell('b', { type: 'IdentityVerified', data: { partyId: key, result: 'mismatch' } });
    expect(await hashOf('a', byPerson)).not.toBe(await hashOf('b', byPerson));
  });
});

const verified = (customerId: string): Said => ({
  type: 'IdentityVerified',
  data: { partyId: key, result: 'verified', customerId },
});

test('R-1: a field that is not given matches nothing; amended it does', async () => {
  await receive('a', {}, { plate: '粤B12345' });
  await receive('b', {});
  expect(await hashOf('b', byPlate)).toBeUndefined();
  await tell('b', {
    type: 'IntakeAmended',
    data: { given: ['plate'] },
    personal: { fields: [key, { plate: '粵b 12345' }] },
  });
  expect(await hashOf('b', byPlate)).toBe(await hashOf('a', byPlate));
});

test('S-1: withdrawn or declined it does not count, reopened it does; each time its key is to be looked at again', async () => {
  await receive('a', { phone: '13800138000' });
  const counted = async (): Promise<unknown> => (await views.rows('repeat_key'))[0]!['counted'];
  const changes = async (): Promise<number> => (await views.rows('repeat_change')).length;
  expect([await counted(), await changes()]).toEqual([1, 1]);
  await tell('a', { type: 'CaseWithdrawn', data: { reasonCode: 'x' } });
  expect([await counted(), await changes()]).toEqual([0, 2]);
  await tell('a', { type: 'CaseReopened', data: { from: 'withdrawn', to: 'handling', reasonCode: 'x' } });
  expect([await counted(), await changes()]).toEqual([1, 3]);
  await tell('a', { type: 'NoteAdded', data: { noteId: 'n' } });
  expect(await changes()).toBe(3);
  await tell('a', { type: 'CaseClassified', data: { kind: 'request' } });
  expect([await counted(), await changes()]).toEqual([0, 4]);
  await receive('b', { phone: '13900139000' });
  await tell('b', { type: 'CaseDeclined', data: { reasonCode: 'x' } });
  expect((await views.rows('repeat_key')).map((row) => row['counted'])).toEqual([0, 0]);
});

test('an erasure takes the hashes of what was personal; the live view equals one made from nothing', async () => {
  await receive('a', { phone: '13800138000' }, { plate: '粤B12345' });
  await receive('b', { phone: '13900139000' });
  const hash = (await hashOf('b', byPerson)) as string;
  await views.reached(await log.erase('b', key));
  expect(await all(views)).not.toContain(hash);
  expect(await hashOf('a', byPlate)).toBeDefined();
  expect((await views.rows('repeat_case')).map((row) => row['erased'])).toEqual([0, 1]);
  const fresh = await TestViews.open(log, [projection], { named: 'fresh' });
  try {
    await fresh.reached((await log.store.head())!);
    expect(await all(fresh)).toBe(await all(views));
  } finally {
    await fresh.close();
  }
});

test('other rules make it another version, so that keys are made anew', () => {
  const other = new RepeatRules([loadPack(PACK.replace('same: [complainant]', 'same: [complainant, category]'), 'p')]);
  expect(repeatsProjection({ rules: other, secret: Buffer.alloc(32) }).version).not.toBe(projection.version);
  const longer = new RepeatRules([
    loadPack(PACK.replace('same: [complainant]', 'same: [complainant], window: 1mo'), 'p'),
  ]);
  expect(repeatsProjection({ rules: longer, secret: Buffer.alloc(32) }).version).toBe(projection.version);
});
