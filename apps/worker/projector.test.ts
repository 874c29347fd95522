import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
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
