import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from './server.js';

let server: Server;
let caseId: string;

beforeAll(async () => {
  server = await Server.start();
  caseId = await server.admin.receive();
  await server.admin.command(caseId, 'accept');
  await server.admin.command(caseId, 'assign', { unit: 'engineering', owner: 'li' });
});
afterAll(() => server.end());

const redress = (...words: string[]) => server.redress(...words);

test('it says what it can do', async () => {
  const { code, out } = await redress('--help');
  expect(code).toBe(0);
  for (const word of ['import', 'replay', 'explain', 'verify', 'rebuild']) expect(out).toContain(word);
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

test('K-9: explain says why a deadline is what it is, beside a server and without one', async () => {
  const beside = await redress('explain', caseId, 'K-1');
  expect(beside).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /as of 2026-01-05 09:00:00 Mon[^]*K-1 首次答复 · First reply: running[^]*K-1 \[G\], policy group 1[^]*#0 CaseReceived[^]*budget +2d\n[^]*sum 48 h of 48 h/,
    ),
  });
  await server.stop();
  expect(await redress('explain', caseId, 'K-1')).toEqual(beside);
  const json = await redress('explain', caseId, '--json', '--zone', 'Europe/Berlin');
  expect(JSON.parse(json.out).items.map((it: { clock: string }) => it.clock)).toEqual(['K-1', 'K-2.plan']);
  await server.run();
  const wrong: [words: string[], says: string][] = [
    [[caseId, 'K-9'], 'The case has no clock K-9; it has K-1, K-2.plan.'],
    [[caseId, 'K-1', '--run', '2'], 'The case has no clock K-1, run 2'],
    [[caseId, '--zone', 'Mars/Olympus'], 'There is no zone "Mars/Olympus"'],
    [['00000000-0000-4000-8000-000000000000'], 'CASE_NOT_FOUND'],
  ];
  const refusals = await Promise.all(wrong.map(([words]) => redress('explain', ...words)));
  expect(refusals).toEqual(wrong.map(([, says]) => ({ code: 1, out: expect.stringContaining(says) })));
});

test('verify follows every chain, beside a running server', async () => {
  const { code, out } = await redress('verify');
  expect(code).toBe(0);
  // How many rules are on record goes by how many packs and calendars are shipped.
  expect(out).toMatch(/^5 events of 1 cases, 0 of customers, [1-9]\d* of rules; 0 foreign events; 0 faults\n$/);
});

test('a view is rebuilt beside the live one; one that there is not is refused with those there are', async () => {
  expect((await redress('rebuild', 'case-board')).code).toBe(0);
  expect(await redress('rebuild', 'nothing')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/PROJECTION_NOT_FOUND[^]*case-board/),
  });
});

test('C-1: customers of a CSV file are brought in; a row that is not taken is named with its line, and the command ends with 2', async () => {
  const file = join(server.folder, 'customers.csv');
  writeFileSync(file, 'key,name,phone,tier\nK-1,王芳,13800138000,important\nK-2,李强,,gold\n');
  const first = await redress('customers', 'import', file);
  expect(first).toMatchObject({
    code: 2,
    out: expect.stringMatching(/^line 3: UNKNOWN_TIER: [^]*\n1 customers recorded, 0 known already, 1 rejected\n$/),
  });
  expect((await redress('customers', 'import', file)).out).toMatch(
    /\n0 customers recorded, 1 known already, 1 rejected\n$/,
  );
});
