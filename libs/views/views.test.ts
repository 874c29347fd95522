import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isRefusal, plusMs } from '#kernel';
import { openSqlite } from '#sql';
import { join } from 'node:path';
import { TestLog, TestViews } from '#sql/testing';
import { caseBoard, caseTimeline, counts, deadlinesQuery, nextDue, PROJECTIONS, type ViewsSchema } from './index.js';

let log: TestLog;
beforeEach(async () => void (log = await TestLog.open()));
afterEach(() => log.close());

const AT = '2026-01-06T00:00:00.000Z';

test('a case is seen on the board, its deadline and its counts as soon as the runner has come so far', async () => {
  const key = await log.key();
  const views = await TestViews.open(log, PROJECTIONS);
  const received = {
    type: 'CaseReceived',
    data: { kind: 'complaint', channel: 'phone', parties: [], persons: 1, circumstances: [], unit: 'east' },
    personal: {
      subject: [key, '三楼漏水'],
      content: [key, '天花板滴水已经三天'],
      complainant: [key, { name: '王芳' }],
    },
  } as const;
  const set = {
    type: 'DeadlineSet',
    data: {
      clock: 'first_reply',
      run: 1,
      countsFrom: 'recorded',
      startsAt: AT,
      dueAt: plusMs(AT, 1000),
      budget: '2d',
      source: 'K-1',
    },
  } as const;
  await views.reached(await log.append('0c3b8a54-0000-4000-8000-000000000001', received, set));
  const db = openSqlite<ViewsSchema>({ file: join(log.folder, 'views.db'), readonly: true });
  const page = await caseBoard(db, { at: AT });
  if (isRefusal(page)) throw new Error(page.code);
  expect(page.items).toMatchObject([
    { ref: '0C3B8A54', phase: 'received', subject: '三楼漏水', complainant: '王芳', nextDue: { clock: 'first_reply' } },
  ]);
  expect(await nextDue(db)).toBe(plusMs(AT, 1000));
  expect(await deadlinesQuery(db, { at: AT })).toMatchObject({ items: [{ clock: 'first_reply', state: 'running' }] });
  expect(await counts(db)).toMatchObject({ cases: 1, byPhase: { received: 1 }, byUnit: { east: 1 } });
  expect(await caseTimeline(db, { caseId: '0c3b8a54-0000-4000-8000-000000000001' })).toHaveLength(2);
  for (const text of ['漏水', '水', '王', '芳', '天花板', '三天'])
    expect([text, await caseBoard(db, { at: AT, text })]).toMatchObject([text, { items: [{ subject: '三楼漏水' }] }]);
  for (const text of ['水三', '滴天', '!!!'])
    expect([text, await caseBoard(db, { at: AT, text })]).toMatchObject([text, { items: [] }]);
  await db.destroy();
  await views.close();
});
