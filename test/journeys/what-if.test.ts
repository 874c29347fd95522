import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Server, START_OF_TIME } from './server.js';

const DAY_MS = 24 * 3_600_000;
const text = readFileSync(join(import.meta.dirname, '../../libs/policy/packs/group.yaml'), 'utf8');
/** The first reply within one day instead of two, and two persons make a complaint important. */
const stricter = text
  .replace('budget: 2d\n    # What turns out', 'budget: 1d\n    # What turns out')
  .replace('when: case.persons >= 3', 'when: case.persons >= 2');

let server: Server;
const ids: string[] = [];
beforeAll(async () => {
  server = await Server.start();
  for (const persons of [1, 2]) {
    ids.push(await server.admin.receive({ persons }));
    await server.admin.post('/test-clock', { advanceMs: 1000 });
  }
  await server.admin.post('/test-clock', { advanceMs: 1.5 * DAY_MS });
  for (const id of ids) await server.admin.command(id, 'give-reply', { channel: 'phone', text: '明天来修' });
});
afterAll(() => server.end());

interface Answer {
  readonly id: string;
  readonly state: string;
  readonly sum: {
    readonly cases: number;
    readonly differing: number;
    readonly severities: object;
    readonly verdicts: object;
  };
  readonly differences: readonly { readonly caseId: string }[];
}

async function answered(id: string): Promise<Answer> {
  for (;;) {
    const { body } = await server.admin.get(`/what-if/${id}`);
    if (body.state !== 'running') return body as Answer;
  }
}

test('issue 10.7: a stricter pack would have made two replies late and one case important; nothing is written', async () => {
  const head = (await server.admin.get('/events?after=start&limit=1000')).body.next;
  const asked = await server.admin.post('/what-if', { text: stricter });
  expect(asked.status).toBe(202);
  const { sum, differences, state } = await answered(asked.body.id);
  expect([state, sum.cases, sum.differing]).toEqual(['done', 2, 2]);
  expect(sum.verdicts).toMatchObject({ 'K-1: met → missed': 2 });
  expect(sum.severities).toEqual({ 'general → important': 1 });
  expect(differences.map(({ caseId }) => caseId).sort()).toEqual([...ids].sort());
  expect((await server.admin.get('/events?after=start&limit=1000')).body.next).toBe(head);
});

test('under the pack that rules nothing differs', async () => {
  const { body } = await server.admin.post('/what-if', { text });
  expect((await answered(body.id)).sum).toMatchObject({ cases: 2, differing: 0 });
});

test('only cases recorded within the span are asked about', async () => {
  const { body } = await server.admin.post('/what-if', { text: stricter, from: '2026-01-05T01:00:00.500Z' });
  expect((await answered(body.id)).sum.cases).toBe(1);
});

test('a wrong pack, a pack that rules nothing, and an unknown question are refused', async () => {
  const wrong = await server.admin.post('/what-if', { text: text.replace('budget: 2d', 'budget: -2d') });
  expect([wrong.status, wrong.body.code]).toEqual([422, 'PACK_WRONG']);
  expect(wrong.body.facts.faults[0]).toMatch(/^pack\.yaml:\d+:\d+ .*BUDGET_NOT_POSITIVE/);
  const unknown = await server.admin.post('/what-if', { text, of: 'moon' });
  expect([unknown.status, unknown.body.code]).toEqual([422, 'UNKNOWN_PACK']);
  expect((await server.admin.get('/what-if/nothing')).body.code).toBe('WHAT_IF_NOT_FOUND');
});

test('redress whatif prints case by case and the sum', async () => {
  const file = join(server.folder, 'stricter.yaml');
  writeFileSync(file, stricter);
  const cli = join(import.meta.dirname, '../../apps/cli/main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'whatif', '--pack', file], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...server.stores,
      REDRESS_DATA: server.folder,
      REDRESS_TEST_CLOCK: START_OF_TIME,
    },
  });
  expect(stdout).toContain('2 cases of group under group 1: 2 would differ');
  expect(stdout).toMatch(/ {2}K-1 run 1: met, due 2026-01-07T01:00:00\.000Z → missed, due 2026-01-06T01:00:00\.000Z/);
});
