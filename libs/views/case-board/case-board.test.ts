import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal, plusMs, type JsonObject } from '#kernel';
import { TestLog, TestViews, type Said } from '#sql/testing';
import { caseBoard, caseBoardProjection, type BoardFilter, type BoardItem, type ViewsSchema } from '#views';
import type { Kysely } from 'kysely';
import { normalised, searchFor, termsOf } from './terms.js';

const AT = '2026-03-01T00:00:00.000Z';
const idOf = (number: number): string => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
const deadline = (clock: string, dueAt: string): Said => ({
  type: 'DeadlineSet',
  data: { clock, run: 1, countsFrom: 'recorded', startsAt: AT, dueAt, budget: '2d', source: 'K-1' },
});

let log: TestLog;
let views: TestViews;
let db: Kysely<ViewsSchema>;
let key: string;
let cases = 0;

beforeAll(async () => {
  log = await TestLog.open();
  key = await log.key();
  views = await TestViews.open(log, [caseBoardProjection]);
  db = views.reading<ViewsSchema>();
});
afterAll(async () => {
  await db.destroy();
  await views.close();
  await log.close();
});

async function receive(content: string, data: JsonObject = {}, ...more: readonly Said[]): Promise<string> {
  const id = idOf(++cases);
  const received: Said = {
    type: 'CaseReceived',
    data: { kind: 'complaint', channel: 'phone', parties: [], persons: 1, circumstances: [], ...data },
    personal: { content: [key, content], externalReference: [key, `INC-${cases}`] },
  };
  await views.reached(await log.append(id, received, ...more));
  return id;
}

async function found(filter: Omit<BoardFilter, 'at'>): Promise<readonly BoardItem[]> {
  const page = await caseBoard(db, { at: AT, ...filter });
  if (isRefusal(page)) throw new Error(page.code);
  return page.items;
}

const idsOf = async (filter: Omit<BoardFilter, 'at'>): Promise<string[]> =>
  (await found(filter)).map(({ caseId }) => caseId).sort();

describe('text search', () => {
  test('finds words of one and two characters, phrases, prefixes, and nothing that is not there', async () => {
    const category = 'search';
    const leak = await receive('三楼天花板漏水', { category });
    const water = await receive('水管爆裂，漏气', { category });
    const english = await receive('The LIFT in block A座 is noisy', { category });
    const full = await receive('ＷＩＦＩ 太慢', { category });
    const ask = (text: string): Promise<string[]> => idsOf({ category, text });
    expect(await ask('水')).toEqual([leak, water]);
    expect(await ask('漏')).toEqual([leak, water]);
    expect(await ask('漏水')).toEqual([leak]);
    expect(await ask('天花板')).toEqual([leak]);
    expect(await ask('花板漏')).toEqual([leak]);
    expect(await ask('裂漏')).toEqual([]);
    expect(await ask('水漏')).toEqual([]);
    expect(await ask('lift')).toEqual([english]);
    expect(await ask('noi lif')).toEqual([english]);
    expect(await ask('座')).toEqual([english]);
    expect(await ask('oisy')).toEqual([]);
    expect(await ask('wifi')).toEqual([full]);
    expect(await ask('太慢 WiFi')).toEqual([full]);
    expect(await ask('…')).toEqual([]);
    expect(await ask("' or 1=1 --")).toEqual([]);
  });

  test('finds what was noted and how it was resolved', async () => {
    const category = 'noted';
    const note: Said = { type: 'NoteAdded', data: { noteId: 'n' }, personal: { text: [key, '客户要求退款'] } };
    const resolved: Said = {
      type: 'CaseResolved',
      data: { outcome: 'remedied' },
      personal: { resolution: [key, 'Replaced the valve'] },
    };
    const id = await receive('漏水', { category }, note, resolved);
    expect(await idsOf({ category, text: '退款' })).toEqual([id]);
    expect(await idsOf({ category, text: 'valve 漏水' })).toEqual([id]);
  });

  test('a text holds every run of its own characters', () => {
    const character = fc.constantFrom(...'漏水管道天花板座ab1，。 A');
    fc.assert(
      fc.property(fc.array(character, { minLength: 1, maxLength: 20 }), fc.nat(19), fc.nat(19), (text, a, b) => {
        const part = text.slice(Math.min(a, b), Math.max(a, b) + 1).join('');
        const whole = normalised(text.join(''));
        const terms = termsOf(text.join(''));
        // Spaced words are found from their beginning only: what is asked for is made to begin at one.
        const { terms: asked, phrases } = searchFor(part.replace(/^[aAb1]+/, ''));
        for (const phrase of phrases) expect(whole).toContain(phrase.slice(1, -1));
        for (const { text: term, match, pattern } of asked) {
          expect(whole).toContain(pattern.slice(1, -1));
          expect([...terms].some((it) => (match === 'whole' ? it === term : it.startsWith(term)))).toBe(true);
        }
      }),
    );
  });
});

describe('deadlines', () => {
  test('EVENTS.md 17: what is past counts as missed before anybody settles it', async () => {
    const category = 'past';
    const dueAt = plusMs(AT, -1);
    await receive('late', { category }, deadline('first_reply', dueAt), deadline('plan', plusMs(AT, 1)));
    expect(await found({ category })).toMatchObject([
      { missedCount: 1, overdue: true, nextDue: { clock: 'first_reply', dueAt, missed: true } },
    ]);
    expect(await found({ category, overdue: true })).toHaveLength(1);
    expect(await found({ category, overdue: false })).toHaveLength(0);
    const before = await caseBoard(db, { category, at: dueAt });
    expect(before).toMatchObject({ items: [{ missedCount: 0, overdue: false, nextDue: { missed: false } }] });
  });

  test('EVENTS.md 18: imported history breaks nothing until it is taken over', async () => {
    const category = 'history';
    const set = { ...deadline('first_reply', plusMs(AT, -1)), historical: true } as const;
    const imported: Said = { type: 'HistoryImported', data: { source: 's', mapping: 'm', rows: 1 }, historical: true };
    const id = await receive('old', { category }, imported, set);
    expect(await found({ category })).toMatchObject([{ historical: true, overdue: false, nextDue: null }]);
    await views.reached(await log.append(id, { type: 'TakenOver', data: { at: AT } }));
    expect(await found({ category })).toMatchObject([{ overdue: true, nextDue: { clock: 'first_reply' } }]);
  });

  test('K-3: a promise is one clock, and broken it is one deadline missed', async () => {
    const category = 'promised';
    const made: Said = {
      type: 'PromiseMade',
      data: { promiseId: 'p', dueAt: AT },
      personal: { text: [key, 'we call back'] },
    };
    const id = await receive('x', { category }, made, deadline('promise', AT));
    const late = await caseBoard(db, { category, at: plusMs(AT, 1) });
    expect(late).toMatchObject({ items: [{ missedCount: 1, nextDue: { clock: 'promise', missed: true } }] });
    const missed: Said = { type: 'DeadlineMissed', data: { clock: 'promise', run: 1, dueAt: AT } };
    await views.reached(await log.append(id, missed, { type: 'PromiseBroken', data: { promiseId: 'p', dueAt: AT } }));
    expect(await found({ category })).toMatchObject([{ missedCount: 1, overdue: true, nextDue: null }]);
  });

  test('a verdict that is corrected counts as what it became', async () => {
    const category = 'corrected';
    const about = { clock: 'first_reply', run: 1 };
    const missed: Said = { type: 'DeadlineMissed', data: { ...about, dueAt: AT } };
    const id = await receive('x', { category }, deadline('first_reply', AT), missed);
    expect(await found({ category })).toMatchObject([{ missedCount: 1, overdue: true, nextDue: null }]);
    const data = { ...about, from: 'missed', to: 'met', cause: 'e' };
    await views.reached(await log.append(id, { type: 'VerdictCorrected', data }));
    expect(await found({ category })).toMatchObject([{ missedCount: 0, overdue: false }]);
  });
});

test('an external reference is found exactly', async () => {
  const id = await receive('x');
  expect(await idsOf({ externalReference: `INC-${cases}` })).toEqual([id]);
  expect(await idsOf({ externalReference: 'INC-' })).toEqual([]);
  // As long as may be, of characters that no index can make shorter.
  const long = Array.from({ length: 1000 }, (_, at) => String.fromCodePoint(0x20000 + ((at * 7919) % 40_000))).join('');
  const other = await receive(
    'with a long reference',
    {},
    {
      type: 'CaseReceived',
      data: { kind: 'complaint', channel: 'phone', parties: [], persons: 1, circumstances: [] },
      personal: { externalReference: [key, long] },
    },
  );
  expect(await idsOf({ externalReference: long })).toEqual([other]);
});

test('a cursor that is none, or of another sort, is refused', async () => {
  expect(await caseBoard(db, { at: AT, cursor: 'x' })).toMatchObject({ code: 'CURSOR_MALFORMED' });
  const page = await caseBoard(db, { at: AT, limit: 1 });
  if (isRefusal(page)) throw new Error(page.code);
  const cursor = page.next!;
  expect(await caseBoard(db, { at: AT, cursor, sort: 'updated' })).toMatchObject({ code: 'CURSOR_MALFORMED' });
});

describe('paging', () => {
  const units = ['east', 'west'];
  const owners = ['li', 'wang', 'zhang'];

  beforeAll(async () => {
    for (let number = 0; number < 60; number++) {
      const set = number % 3 === 0 ? [] : [deadline('first_reply', plusMs(AT, (number % 7) - 3))];
      const assigned: Said = { type: 'CaseAssigned', data: { unit: units[number % 2]!, owner: owners[number % 3]! } };
      const moved: Said[] = number % 4 === 0 ? [{ type: 'CaseAccepted' }] : [];
      const repeat: Said[] = number % 6 < 2 ? [{ type: 'RepeatFound', data: { rule: 'same', cases: ['x'] } }] : [];
      if (number % 6 === 1) repeat.push({ type: 'RepeatWithdrawn', data: { rule: 'same' } });
      const content = number % 5 === 0 ? '漏水 leak' : 'noise';
      await receive(content, { category: 'paged' }, ...set, assigned, ...moved, ...repeat);
    }
  });

  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const filters = fc.record({
    unit: optional(fc.constantFrom(...units)),
    owner: optional(fc.constantFrom(...owners)),
    state: optional(fc.subarray(['received', 'handling', 'closed'] as const, { minLength: 1 })),
    overdue: optional(fc.boolean()),
    repeat: optional(fc.boolean()),
    text: optional(fc.constantFrom('漏', 'leak', 'noise', '漏水 lea')),
    sort: optional(fc.constantFrom('nextDue', 'received', 'updated', 'severity')),
    direction: optional(fc.constantFrom('asc', 'desc')),
    limit: fc.integer({ min: 1, max: 25 }),
  });

  test('pages hold every case that matches once, in the order of the sort, cases without a deadline last', async () => {
    const all = await found({ category: 'paged', limit: 200 });
    expect(all.filter(({ repeat }) => repeat)).toHaveLength(10);
    const matches = (item: BoardItem, filter: Partial<BoardFilter>): boolean =>
      (filter.unit === undefined || item.unit === filter.unit) &&
      (filter.owner === undefined || item.owner === filter.owner) &&
      (filter.state === undefined || filter.state.includes(item.phase as never)) &&
      (filter.overdue === undefined || item.overdue === filter.overdue) &&
      (filter.repeat === undefined || item.repeat === filter.repeat) &&
      (filter.text === undefined || (filter.text === 'noise' ? item.excerpt === 'noise' : item.excerpt !== 'noise'));
    await fc.assert(
      fc.asyncProperty(filters, async (arbitrary) => {
        const given = Object.fromEntries(Object.entries(arbitrary).filter(([, it]) => it !== undefined));
        const filter = given as Partial<BoardFilter>;
        const items: BoardItem[] = [];
        let cursor: string | undefined;
        do {
          const asked = { category: 'paged', at: AT, ...filter, ...(cursor !== undefined && { cursor }) };
          const page = await caseBoard(db, asked);
          if (isRefusal(page)) throw new Error(page.code);
          expect(page.items.length).toBeLessThanOrEqual(filter.limit!);
          items.push(...page.items);
          cursor = page.next;
        } while (cursor !== undefined);
        const expected = all.filter((item) => matches(item, filter)).map(({ caseId }) => caseId);
        expect(items.map(({ caseId }) => caseId).sort()).toEqual(expected.sort());
        expect(items.map((item) => sortValue(item, filter.sort))).toEqual(
          inOrder(
            items.map((item) => sortValue(item, filter.sort)),
            filter.direction ?? 'asc',
          ),
        );
      }),
      { numRuns: 150 },
    );
  });
});

function sortValue(item: BoardItem, sort: BoardFilter['sort'] = 'nextDue'): string | null {
  if (sort === 'nextDue') return item.nextDue?.dueAt ?? null;
  if (sort === 'received') return item.receivedAt;
  return sort === 'updated' ? item.updatedAt : String(['general', 'important', 'major'].indexOf(item.severity));
}

function inOrder(values: readonly (string | null)[], direction: 'asc' | 'desc'): (string | null)[] {
  const sign = direction === 'asc' ? 1 : -1;
  const known = values.filter((value) => value !== null).sort((a, b) => (a === b ? 0 : a < b ? -sign : sign));
  return [...known, ...values.filter((value) => value === null)];
}
