import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqlite } from '#sql';
import { loadMasterKey } from '#privacy/embedded';
import { caseBoard, type ViewsSchema } from '#views';
import { startProjector } from '../../apps/worker/projector.js';
import { EngineProcess, newFolder } from '../support/engine.js';
import { erase, openHolders } from '../support/erasing.js';
import { partFromRebuild } from '../support/views.js';
import { planted, wordsIn } from '../support/words.js';

const WORD = planted('told-on-the-phone');
const CASES = 20;
const WAIT_MS = 10_000;

let engine: EngineProcess;
let told: { caseId: string; party: string }[];

beforeEach(async () => {
  engine = await EngineProcess.start();
  told = [];
  for (let at = 0; at < CASES; at++) {
    const { body } = await engine.post('/cases', {
      kind: 'complaint',
      channel: 'phone',
      subject: WORD,
      content: WORD.repeat(10),
      complainant: { name: WORD },
      externalReference: WORD,
    });
    told.push({ caseId: body.caseId, party: body.result.complainant });
  }
  await engine.settled();
  await engine.stop();
});
afterEach(() => engine.end());

/** The keys stand in the projector's memory, and somebody reads the views meanwhile: neither keeps a word alive. */
test('EVENTS 10: erased while projections run, the words leave views and write-ahead log, and live equals rebuilt', async () => {
  const { folder } = engine;
  const holders = await openHolders(folder);
  const projector = await startProjector({ folder, masterKey: loadMasterKey({ folder }) });
  const views = openSqlite<ViewsSchema>({ file: join(folder, 'views.db'), readonly: true });
  const at = '2026-11-22T00:00:00.000Z';
  try {
    await projector.rebuild('case-board');
    expect((await caseBoard(views, { at, limit: 50 })) as object).toMatchObject({ items: { length: CASES } });
    for (const { caseId, party } of told) {
      const position = await erase(holders, caseId, [party]);
      expect(await projector.waitFor(position, WAIT_MS)).toBe(true);
    }
    expect(JSON.stringify(await caseBoard(views, { at, limit: 50 }))).not.toContain(WORD);
    expect(wordsIn(folder, [WORD], () => true)).toEqual([]);
  } finally {
    await views.destroy();
    await projector.stop();
    await holders.store.close();
    await holders.vault.close();
  }
  expect(await partFromRebuild(folder)).toEqual([]);
});

test('EVENTS 10: a reader in the way, or a crash, only puts off that erased words leave the write-ahead log', async () => {
  const { folder } = engine;
  const [first, second] = told as [(typeof told)[0], (typeof told)[0]];
  const holders = await openHolders(folder);
  const projector = await startProjector({ folder, masterKey: loadMasterKey({ folder }) });
  const reader = new Database(join(folder, 'views.db'), { readonly: true });
  const crashed = newFolder();
  try {
    // Whatever was written before now is in the log that the reader holds fast.
    await projector.rebuild('case-board');
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM case_board').get();
    for (const { caseId, party } of told.slice(1)) await erase(holders, caseId, [party]);
    const position = await erase(holders, first.caseId, [first.party]);
    expect(await projector.waitFor(position, WAIT_MS)).toBe(true);
    expect(wordsIn(folder, [WORD], () => true)).not.toEqual([]);
    cpSync(folder, crashed, { recursive: true });
    reader.exec('COMMIT');
    expect(await projector.waitFor(await erase(holders, second.caseId, [second.party]), WAIT_MS)).toBe(true);
    expect(wordsIn(folder, [WORD], () => true)).toEqual([]);
  } finally {
    reader.close();
    await projector.stop();
    await holders.store.close();
    await holders.vault.close();
  }
  const again = await startProjector({ folder: crashed, masterKey: loadMasterKey({ folder: crashed }) });
  expect(wordsIn(crashed, [WORD], () => true)).toEqual([]);
  await again.stop();
  rmSync(crashed, { recursive: true, force: true });
});
