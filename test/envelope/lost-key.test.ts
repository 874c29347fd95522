import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { EngineProcess } from '../support/engine.js';
import { eraseByHand } from '../support/erasing.js';

let engine: EngineProcess;
let lost: { caseId: string; party: string };
let erased: { caseId: string; party: string };

beforeAll(async () => {
  engine = await EngineProcess.start();
  [lost, erased] = [await receive(), await receive()];
  await engine.settled();
  await engine.stop();
  loseKey(lost.party);
  await eraseByHand(engine.folder, erased.caseId, [erased.party]);
  await engine.run();
});
afterAll(() => engine.end());

async function receive(): Promise<{ caseId: string; party: string }> {
  const { body } = await engine.post('/cases', {
    kind: 'complaint',
    channel: 'phone',
    content: 'as it was said',
    complainant: { name: '王小明' },
  });
  return { caseId: body.caseId, party: body.result.complainant };
}

/** As a store of keys that was damaged, or restored from a backup that was too old, would have it. */
function loseKey(keyId: string): void {
  const keys = new Database(join(engine.folder, 'keys.db'));
  expect(keys.prepare('DELETE FROM key WHERE id = ?').run(keyId).changes).toBe(1);
  keys.close();
}

test('EVENTS 8: a key that is missing without an erasure is lost, not erased, and what else is there is shown', async () => {
  const { body } = await engine.get(`/cases/${lost.caseId}`);
  expect(body.parties[0].name).toEqual({ lost: true });
  expect(body.content).toEqual({ value: 'as it was said' });
  const other = await engine.get(`/cases/${erased.caseId}`);
  expect(other.body.parties[0].name).toEqual({ erased: true });
  expect(other.body.content).toEqual({ erased: true });
});

test('EVENTS 8: the feed tells the two apart', async () => {
  const { body } = await engine.get('/events?open=true&types=CaseReceived');
  const parts = body.events.map((event: { data: { personal: object } }) => event.data.personal);
  expect(parts).toMatchObject([
    { complainant: { lost: true }, content: { value: 'as it was said' } },
    { complainant: { erased: true }, content: { erased: true } },
  ]);
});

test('EVENTS 8: it is loud: in the metrics and, with ids only, in the log', async () => {
  const { body } = await engine.get('/metrics');
  expect(Number(/^redress_keys_lost_total (\d+)$/m.exec(body)?.[1])).toBeGreaterThan(0);
  await engine.stop();
  const said = engine.log.split('\n').filter((line) => line.includes('KEY_LOST'));
  expect(said.length).toBeGreaterThan(0);
  for (const line of said) expect(JSON.parse(line)).toMatchObject({ code: 'KEY_LOST', keyId: lost.party, level: 50 });
});
