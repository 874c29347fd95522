import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openWriter, tablesOf, type Row } from '#sql';
import { note, notes, poisoned, TestLog, TestViews, total } from '#sql/testing';

const ALL = [notes(), total];
const TABLES = ['notes', 'logged', 'letters', 'total'];

let log: TestLog;
let open: TestViews[] = [];
beforeEach(async () => {
  poisoned.clear();
  log = await TestLog.open();
});
afterEach(async () => {
  for (const views of open) await views.close();
  open = [];
  await log.close();
});

async function views(...args: Parameters<typeof TestViews.open> extends [TestLog, ...infer Rest] ? Rest : never) {
  const opened = await TestViews.open(log, ...args);
  open.push(opened);
  return opened;
}

const allRows = async (of: TestViews): Promise<Row[][]> => Promise.all(TABLES.map((table) => of.rows(table)));

async function coldRebuild(): Promise<Row[][]> {
  const cold = await views(ALL, { named: `cold-${open.length}` });
  const head = (await log.store.head())!;
  await cold.reached(head);
  await cold.serves('notes', 1);
  return allRows(cold);
}

describe('rows and checkpoint', () => {
  test('live rows equal those of a cold rebuild, whatever else is in the log', async () => {
    const live = await views(ALL);
    const key = await log.key();
    await log.append('a', note(key, '漏水'), note(key, 'leak'));
    await log.appendForeign('case-a');
    await log.appendForeign('elsewhere-1');
    await log.append('b', note(key, 'noise'));
    await live.reached((await log.store.head())!);
    expect(await live.rows('notes')).toEqual([
      { subject: 'a', notes: 2, last: 'leak', erased: 0, foreign: 1 },
      { subject: 'b', notes: 1, last: 'noise', erased: 0, foreign: 0 },
    ]);
    expect(await allRows(live)).toEqual(await coldRebuild());
  });

  test('EVENTS.md 5: U+0000 is escaped in SQL', async () => {
    const live = await views(ALL);
    await live.reached(await log.append('a', note(await log.key(), 'a\0b')));
    expect(await live.rows('notes')).toMatchObject([{ last: 'a␀b' }]);
  });

  test('each event delivered twice gives the same rows', async () => {
    const key = await log.key();
    for (const subject of ['a', 'b', 'a', 'a']) await log.append(subject, note(key, `${subject}x`));
    const once = await coldRebuild();
    const reader = new Proxy(log.store, {
      get: (store, name) =>
        name === 'readAll'
          ? async (...args: Parameters<typeof store.readAll>) =>
              (await store.readAll(...args)).flatMap((event) => [event, event])
          : name === 'readTextBatch'
            ? (...args: Parameters<typeof store.readTextBatch>) =>
                store.readTextBatch(...args).flatMap((event) => [event, event])
            : typeof store[name as keyof typeof store] === 'function'
              ? (store[name as keyof typeof store] as () => unknown).bind(store)
              : store[name as keyof typeof store],
    });
    const twice = await views(ALL, { named: 'twice', reader });
    await twice.reached((await log.store.head())!);
    await twice.serves('notes', 1);
    expect(await allRows(twice)).toEqual(once);
  });

  test('wherever batches end, the rows are the same', async () => {
    const key = await log.key();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (subjects, batchEvents, coldBatchEvents) => {
          for (const subject of subjects) await log.append(subject, note(key, subject));
          const named = `split-${open.length}`;
          const split = await views(ALL, { named, batchEvents, coldBatchEvents });
          for (const subject of subjects) await log.append(subject, note(key, `${subject}!`));
          await split.reached((await log.store.head())!);
          await split.serves('notes', 1);
          expect(await allRows(split)).toEqual(await coldRebuild());
        },
      ),
      { numRuns: 12 },
    );
  }, 300_000);

  test('a restart goes on where it was', async () => {
    const key = await log.key();
    const first = await views(ALL);
    await first.reached(await log.append('a', note(key, 'one')));
    await first.close();
    open = [];
    const position = await log.append('a', note(key, 'two'));
    const second = await views(ALL);
    await second.reached(position);
    expect(await second.rows('notes')).toMatchObject([{ notes: 2, last: 'two' }]);
  });

  test('views of a release that knew no shares go on where they stood', async () => {
    const key = await log.key();
    const first = await views(ALL);
    await first.reached(await log.append('a', note(key, 'one')));
    await first.serves('notes', 1);
    const { commit, prepare } = first.runner.reached;
    await first.close();
    open = [];
    const writer = openWriter(first.place);
    const { db } = writer;
    await db
      .updateTable('projection_generation')
      .set({ commit_position: String(commit), prepare_position: String(prepare) })
      .execute();
    for (const table of ['projection_share', 'projection_keeper']) await db.schema.dropTable(table).execute();
    await db.schema.createTable('projection_lease').addColumn('name', 'text').execute();
    await db.deleteFrom('projection_migration').where('name', '=', '0003-shares').execute();
    await writer.close();
    const second = await views(ALL);
    await second.reached(await log.append('a', note(key, 'two')));
    expect(await second.rows('total')).toEqual([{ name: 'events', notes: 2 }]);
    expect(await allRows(second)).toEqual(await coldRebuild());
    expect(await tablesOf(second.writer.db)).not.toContain('projection_lease');
  });

  test('a checkpoint ahead of its log stops with what to do', async () => {
    const first = await views(ALL);
    await first.reached(await log.append('a', note(await log.key(), 'one')));
    await first.writer.db
      .updateTable('projection_generation')
      .set({ commit_position: '999999', prepare_position: '999999' })
      .execute();
    await first.writer.db.updateTable('projection_share').set({ checkpoints: '{}' }).execute();
    await first.close();
    open = [];
    await expect(views(ALL)).rejects.toMatchObject({
      code: 'CHECKPOINT_AHEAD',
      message: expect.stringContaining('restored from a backup'),
    });
  });
});

describe('poison', () => {
  test('an event that cannot be projected stops its own partition only, until it is tried again', async () => {
    poisoned.add('Bad');
    const live = await views([notes()]);
    const key = await log.key();
    await log.append('a', note(key, 'one'));
    await log.append('a', { type: 'Bad' }, note(key, 'two'));
    await live.reached(await log.append('b', note(key, 'other')));
    expect(await live.rows('notes')).toMatchObject([
      { subject: 'a', notes: 1, last: 'one' },
      { subject: 'b', notes: 1 },
    ]);
    const { projections } = await live.runner.status();
    expect(projections[0]!.parked).toMatchObject([{ partition: 'a', error: 'poison' }]);
    expect(await live.runner.retry('notes')).toBe(0);
    poisoned.clear();
    expect(await live.runner.retry('notes', 'a')).toBe(1);
    expect(await live.rows('notes')).toMatchObject([{ subject: 'a', notes: 3, last: 'two' }, { subject: 'b' }]);
    expect((await live.runner.status()).projections[0]!.parked).toEqual([]);
  });

  test('one that feeds totals stops them loudly; the others go on, and it goes on when tried again', async () => {
    poisoned.add('Bad');
    const live = await views([total, { ...notes(), fold: () => undefined }]);
    await log.append('a', { type: 'Good' }, { type: 'Bad' });
    const position = await log.append('b', { type: 'Good' });
    await live.reached(position);
    expect(await live.rows('total')).toEqual([{ name: 'events', notes: 1 }]);
    expect(live.errors).toContain('stopped');
    const { projections } = await live.runner.status();
    expect(projections[0]).toMatchObject({ state: 'stopped', stopped: { error: 'poison' } });
    poisoned.clear();
    await live.runner.retry('total');
    await live.serves('total', 1);
    expect(await live.rows('total')).toEqual([{ name: 'events', notes: 3 }]);
  });
});

describe('rebuild', () => {
  test('is made beside the live one, which goes on meanwhile, and takes its place', async () => {
    const key = await log.key();
    const live = await views(ALL, { batchEvents: 2 });
    for (let count = 0; count < 20; count++) await log.append(`s${count % 3}`, note(key, `n${count}`));
    await live.reached((await log.store.head())!);
    const before = await allRows(live);
    const generation = await live.runner.rebuild('notes');
    expect(await allRows(live)).toEqual(before);
    await live.reached(await log.append('s0', note(key, 'meanwhile')));
    await live.serves('notes', generation);
    expect(await allRows(live)).toEqual(await coldRebuild());
    const tables = await tablesOf(live.writer.db);
    expect(tables.filter((name) => name.endsWith('_g1') && name !== 'total_g1')).toEqual([]);
  });

  test('a new version is built anew at the start, readers see the old one until then', async () => {
    const key = await log.key();
    const first = await views(ALL);
    await first.reached(await log.append('a', note(key, 'one')));
    await first.close();
    open = [];
    const second = await views([notes(2), total]);
    await second.serves('notes', 2);
    expect(await second.rows('notes')).toMatchObject([{ notes: 2 }]);
  });
});

describe('erasure', () => {
  test('EVENTS.md 10: what was erased leaves the rows, and live equals a rebuild', async () => {
    const live = await views(ALL);
    const [gone, kept] = [await log.key(), await log.key()];
    await log.append('a', note(kept, 'kept'), note(gone, 'secret'));
    await live.reached(await log.append('b', note(kept, 'other')));
    expect(await live.rows('notes')).toMatchObject([{ last: 'secret' }, { last: 'other' }]);
    await live.reached(await log.erase('a', gone));
    expect(await live.rows('notes')).toMatchObject([{ last: null, erased: 1 }, { last: 'other' }]);
    await live.serves('notes', 1);
    expect(await allRows(live)).toEqual(await coldRebuild());
    expect(live.lost).toEqual([]);
  });

  test('of a parked partition too: what it held before the poison is cleaned', async () => {
    poisoned.add('Bad');
    const live = await views([notes()]);
    const gone = await log.key();
    await live.reached(await log.append('a', note(gone, 'secret'), { type: 'Bad' }));
    await live.reached(await log.erase('a', gone));
    expect(await live.rows('notes')).toMatchObject([{ last: null, erased: 1, notes: 1 }]);
    expect((await live.runner.status()).projections[0]!.parked).toHaveLength(1);
  });

  test('EVENTS.md 8: a key that is missing though nobody erased it is lost, loudly', async () => {
    const gone = await log.key();
    await log.append('a', note(gone, 'secret'));
    await log.vault.destroy([gone]);
    const live = await views(ALL);
    await live.reached((await log.store.head())!);
    expect(await live.rows('notes')).toMatchObject([{ last: null, erased: 0 }]);
    expect(live.lost).toMatchObject([{ code: 'KEY_LOST', keyId: gone }]);
    expect(live.errors).toContain('a key is missing though nobody erased it');
    expect((await live.runner.status()).projections[0]!.keysLost).toBe(1);
  });
});

test('idle costs nothing: without an event there is no step', async () => {
  let steps = 0;
  const live = await views(ALL, { onStep: () => steps++ });
  await live.reached(await log.append('a', note(await log.key(), 'one')));
  await live.serves('notes', 1);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  const idle = steps;
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(steps).toBe(idle);
});
