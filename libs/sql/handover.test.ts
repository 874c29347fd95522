import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { onPostgres, TestLog, TestViews } from './testing/index.js';
import type { Projection, TableShape } from './index.js';

const TOTAL: TableShape<{ name: string; events: number }> = {
  name: 'total',
  columns: { name: 'text', events: 'integer' },
  key: ['name'],
  indexes: [],
};

const total: Projection = {
  name: 'total',
  version: 1,
  partition: 'all',
  category: 'case',
  opens: {},
  tables: [{ kind: 'rows', shape: TOTAL, of: 'all' }],
  fold(_event, tables) {
    const row = tables.rows(TOTAL).get('all') ?? { name: 'all', events: 0 };
    tables.rows(TOTAL).put({ ...row, events: row.events + 1 });
  },
};

/** Cuts off whoever holds the view, as a network does: its process hears of it late. */
const cutOff = (views: TestViews) =>
  sql`select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and granted and ((classid::bigint << 32) | objid::bigint)
        = hashtextextended('redress ' || current_schema() || ' total', 0)`.execute(views.writer.db);

await onPostgres(async () => {
  let log: TestLog;
  const opened: TestViews[] = [];
  beforeEach(async () => void (log = await TestLog.open()));
  afterEach(async () => {
    for (const it of opened.splice(0)) await it.close();
    await log.close();
  });

  async function open(waits?: () => void): Promise<TestViews> {
    const views = await TestViews.open(log, [total], {
      log: { info: () => waits?.(), error: () => undefined },
    });
    opened.push(views);
    return views;
  }

  test('who gives up while a hold connects is let go, and nothing stays held', async () => {
    const { writer } = await open();
    const ending = new AbortController();
    const given = writer.hold(['duty'], () => undefined, ending.signal);
    ending.abort();
    await expect(given).rejects.toThrow();
    const hold = await writer.hold(['duty'], () => undefined, new AbortController().signal);
    await hold.release();
    await hold.ended;
  });

  /** One that waits by now; what it waits for comes in a list, or whoever asks would wait too. */
  async function waiting(): Promise<Promise<TestViews>[]> {
    let views!: Promise<TestViews>;
    await new Promise<void>((resolve) => (views = open(resolve)));
    return [views];
  }

  test('a second worker waits, and goes on where the first one ended', async () => {
    const first = await open();
    await first.reached(await log.append('a', { type: 'One' }, { type: 'Two' }));
    const [second] = await waiting();
    opened.splice(0);
    await first.close();
    const other = await second!;
    await other.reached(await log.append('b', { type: 'Three' }));
    expect(await other.rows('total')).toEqual([{ name: 'all', events: 3 }]);
  });

  test('DESIGN "Leases": one that was cut off counts nothing twice, waits in its turn, and can be stopped meanwhile', async () => {
    const first = await open();
    await first.reached(await log.append('a', { type: 'One' }));
    const [second] = await waiting();
    await cutOff(first);
    const other = await second!;
    const position = await log.append('b', { type: 'Two' });
    await other.reached(position);
    while ((await first.runner.status()).failure === undefined) await new Promise((resolve) => setImmediate(resolve));
    await other.reached(await log.append('c', { type: 'Three' }));
    expect(await other.rows('total')).toEqual([{ name: 'all', events: 3 }]);
    await first.close();
    opened.splice(opened.indexOf(first), 1);
  });
});
