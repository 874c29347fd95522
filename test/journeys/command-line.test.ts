import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Server, START_OF_TIME } from './server.js';

const CLI = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'main.js');
let server: Server;
let caseId: string;

beforeAll(async () => {
  server = await Server.start();
  caseId = await server.admin.receive();
  await server.admin.command(caseId, 'accept');
  await server.admin.command(caseId, 'assign', { unit: 'engineering', owner: 'li' });
});
afterAll(() => server.end());

/** Runs `redress` as a process of its own, as people do. */
async function redress(...words: string[]): Promise<{ code: number; out: string }> {
  const child = spawn(process.execPath, [CLI, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', REDRESS_DATA: server.folder, REDRESS_TEST_CLOCK: START_OF_TIME },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, out })));
}

test('it says what it can do', async () => {
  const { code, out } = await redress('--help');
  expect(code).toBe(0);
  for (const word of ['import', 'replay', 'verify', 'rebuild']) expect(out).toContain(word);
});

test('replay steps through a case with what each event changed, beside a server and without one', async () => {
  const beside = await redress('replay', caseId);
  expect(beside).toMatchObject({ code: 0, out: expect.stringMatching(/CaseReceived[^]*owner: ∅ → li/) });
  await server.stop();
  const alone = await redress('replay', caseId, '--by', 'occurred');
  expect(alone.out).toMatch(/CaseReceived[^]*owner: ∅ → li/);
  await server.run();
  const unknown = await redress('replay', '00000000-0000-4000-8000-000000000000');
  expect(unknown).toMatchObject({ code: 1, out: expect.stringContaining('CASE_NOT_FOUND') });
});

test('verify follows every chain, beside a running server', async () => {
  const { code, out } = await redress('verify');
  expect([code, out]).toEqual([0, '5 events of 1 cases, 4 of rules; 0 foreign events; 0 faults\n']);
});

test('a view is rebuilt beside the live one; one that there is not is refused with those there are', async () => {
  expect((await redress('rebuild', 'case-board')).code).toBe(0);
  expect(await redress('rebuild', 'nothing')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/PROJECTION_NOT_FOUND[^]*case-board/),
  });
});
