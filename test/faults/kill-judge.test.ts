import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { EngineProcess } from '../support/engine.js';
import { differences, dumpViews, rebuildCold } from '../support/views.js';
import { judgeLog } from './kill/judge.js';
import type { Answered } from './kill/load.js';

let engine: EngineProcess;
let answers: Answered[];

beforeAll(async () => {
  engine = await EngineProcess.start();
  const body = JSON.stringify({ kind: 'complaint', channel: 'phone', content: 'x', persons: 12 });
  answers = [];
  for (const id of ['order-1', 'order-2']) {
    const sent = await engine.post('/cases', body, { 'idempotency-key': id, 'x-correlation-id': id });
    const order = { id, path: '/cases', body, name: 'ReceiveCase' as const, sender: 0 };
    answers.push({ order, status: sent.status, code: undefined, repeated: false, ...sent.body });
  }
  await engine.settled();
  await engine.stop();
});
afterAll(() => engine.end());

const judged = async (said: readonly Answered[]): Promise<string[]> => [
  ...(await judgeLog(engine.folder, said)).faults,
];
const changed = (change: Partial<Answered>): Answered[] => [{ ...answers[0]!, ...change }, answers[1]!];

/** What the kill test relies on must be able to say no. */
describe('the judge of the kill test', () => {
  test('has nothing to say where all is as it was answered', async () => {
    expect(await judged(answers)).toEqual([]);
  });

  test('sees what was answered and is not so', async () => {
    const lost = { ...answers[0]!, order: { ...answers[0]!.order, id: 'order-3' } };
    const cases: [readonly Answered[], RegExp][] = [
      [[...answers, lost], /order-3: acknowledged, but not in the log/],
      [[answers[0]!], /events of order-2, which was never answered/],
      [changed({ revision: undefined, code: 'CASE_CLOSED' }), /refused \(CASE_CLOSED\), but wrote/],
      [changed({ revision: 0 }), /said to be at .* 0, is at/],
      [changed({ position: answers[1]!.position }), /said to be at position/],
      [changed({ result: {} }), /told \{\}, recorded/],
      [changed({ status: 500 }), /answered 500/],
    ];
    for (const [said, fault] of cases) expect((await judged(said)).join('\n')).toMatch(fault);
  });

  test('sees an event that is half there, and a row that a rebuild does not make', async () => {
    const log = new Database(join(engine.folder, 'log.db'));
    const last = log.prepare('SELECT max(position) FROM events').pluck().get();
    log.prepare('DELETE FROM events WHERE position = ?').run(last);
    log.close();
    expect((await judged(answers)).join('\n')).toMatch(/order-2: said to be at/);
    expect(differences(await dumpViews(engine.folder), await rebuildCold(engine.folder)).join('\n')).toMatch(
      /only live/,
    );
  });
});
