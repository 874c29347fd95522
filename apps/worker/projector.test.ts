import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRefusal, SystemClock } from '#kernel';
import { byEngine, Rulebook } from '#rulebook';
import { openSqlite } from '#sql';
import { MASTER_KEY, TestLog, type Said } from '#sql/testing';
import { counts, type ViewsSchema } from '#views';
import { startProjector, type Projector, type ProjectorAdvance } from './projector.js';

const RECEIVED: Said = {
  type: 'CaseReceived',
  data: { kind: 'complaint', channel: 'phone', parties: [], persons: 1, circumstances: [] },
};

let log: TestLog;
let projector: Projector | undefined;
beforeEach(async () => void (log = await TestLog.open()));
afterEach(async () => {
  await projector?.stop();
  projector = undefined;
  await log.close();
});

test('a write is seen by whoever waits for its position, and whoever listens is told which cases moved', async () => {
  projector = await startProjector({ folder: log.folder, masterKey: MASTER_KEY });
  const told: ProjectorAdvance[] = [];
  projector.onAdvance((advance) => told.push(advance));
  const position = await log.append('a', RECEIVED);
  expect(await projector.waitFor(position, 5_000)).toBe(true);
  expect(told.flatMap(({ caseIds }) => caseIds)).toEqual(['a']);
  const db = openSqlite<ViewsSchema>({ file: join(log.folder, 'views.db'), readonly: true });
  expect(await counts(db)).toMatchObject({ cases: 1, byPhase: { received: 1 } });
  await db.destroy();
  expect(await projector.waitFor({ commit: 1_000_000n, prepare: 1_000_000n }, 1)).toBe(false);
});

test('a rebuild resolves when readers see the new generation; an unknown view is refused', async () => {
  projector = await startProjector({ folder: log.folder, masterKey: MASTER_KEY });
  await projector.waitFor(await log.append('a', RECEIVED), 5_000);
  await projector.rebuild('case-board');
  expect(projector.status().find(({ name }) => name === 'case-board')).toMatchObject({ generation: 2, lagEvents: 0 });
  await expect(projector.rebuild('nothing')).rejects.toMatchObject({ code: 'UNKNOWN_PROJECTION' });
  await expect(projector.retry('nothing')).rejects.toMatchObject({ code: 'UNKNOWN_PROJECTION' });
});

test('views of another log are refused at the start, with what to do', async () => {
  const other = await TestLog.open();
  try {
    const first = await startProjector({ folder: other.folder, masterKey: MASTER_KEY });
    await first.stop();
    copyFileSync(join(other.folder, 'views.db'), join(log.folder, 'views.db'));
  } finally {
    await other.close();
  }
  const refused = startProjector({ folder: log.folder, masterKey: MASTER_KEY });
  await expect(refused).rejects.toMatchObject({
    code: 'VIEWS_OF_ANOTHER_LOG',
    message: expect.stringContaining('delete views.db'),
  });
});

describe('R-1, A-7: packs that are published while the views are kept', () => {
  const packOf = (version: string, same: string): string => `
id: group
version: '${version}'
name: { zh: 一, en: One }
categories: [{ id: lift, label: { zh: 电梯, en: Lift } }]
severities: []
clocks: []
compensation: { currency: CNY, matrix: [{ id: all, approverRole: supervisor, source: '·' }] }
repeats: [{ id: it, label: { zh: 同, en: Same }, same: [${same}], source: '·' }]
`;
  const about = (unit: string): Said => ({ ...RECEIVED, data: { ...RECEIVED.data, category: 'lift', unit } });

  /** The keys that readers see, per case how many. */
  async function keys(): Promise<Record<string, number>> {
    const db = openSqlite<ViewsSchema>({ file: join(log.folder, 'views.db'), readonly: true });
    const rows = await db.selectFrom('repeat_key').select(['case_id', 'sameness']).execute();
    await db.destroy();
    return rows.reduce<Record<string, number>>((sum, it) => ({ ...sum, [it.case_id]: (sum[it.case_id] ?? 0) + 1 }), {});
  }

  const repeats = () => projector!.status().find(({ name }) => name === 'repeats')!;
  /** Resolves when the view that readers see is another generation, and complete. */
  const another = (generation: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const { generation: now, state } = repeats();
        if (now === generation || state !== 'live') return;
        end();
        resolve();
      };
      const end = projector!.onStatus(look);
      look();
    });

  test('compare all cases anew by what they say, live as from nothing', async () => {
    const rulebook = await Rulebook.open({
      ...{ store: log.store, vault: log.vault, clock: new SystemClock(), pack: 'group' },
      shipped: { snapshots: [], packs: [{ text: packOf('1', 'category'), fileName: 'group.yaml' }] },
      log: { warn: () => undefined, error: (error) => Promise.reject(error) },
    });
    try {
      await log.append('a', about('east'));
      projector = await startProjector({ folder: log.folder, masterKey: MASTER_KEY });
      expect(await projector.waitFor((await log.store.head())!, 30_000)).toBe(true);
      expect(await keys()).toEqual({ a: 1 });
      const { version, generation } = repeats();

      const published = await rulebook.publishPolicy({ text: packOf('2', 'unit'), fileName: 'mine.yaml' }, byEngine());
      expect(isRefusal(published)).toBe(false);
      await another(generation);
      expect(repeats().version).not.toBe(version);
      expect(await projector.waitFor(await log.append('b', about('west')), 30_000)).toBe(true);
      const live = await keys();
      expect(live).toEqual({ a: 2, b: 2 });

      // What compares by the same as before leaves the view as it is.
      const now = repeats();
      const longer = packOf('3', 'unit').replace('same: [unit]', 'same: [unit], window: 2mo');
      await rulebook.publishPolicy({ text: longer, fileName: 'mine.yaml' }, byEngine());
      expect(await projector.waitFor(await log.append('c', about('west')), 30_000)).toBe(true);
      expect([repeats().version, repeats().generation]).toEqual([now.version, now.generation]);

      await projector.stop();
      for (const end of ['', '-wal', '-shm']) rmSync(join(log.folder, `views.db${end}`), { force: true });
      projector = await startProjector({ folder: log.folder, masterKey: MASTER_KEY });
      expect(await projector.waitFor((await log.store.head())!, 30_000)).toBe(true);
      expect(await keys()).toEqual({ ...live, c: 2 });
      expect(repeats().version).toBe(now.version);
    } finally {
      await rulebook.close();
    }
  });
});
