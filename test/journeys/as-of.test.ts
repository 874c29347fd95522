import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Server } from './server.js';

const HOUR = 3_600_000;
let server: Server;
let caseId: string;

/** Received at 01:00; at 04:00 somebody enters that it was accepted at 02:00 and assigned at 03:00. */
beforeAll(async () => {
  server = await Server.start();
  const { admin } = server;
  caseId = await admin.receive();
  await admin.post('/test-clock', { advanceMs: 3 * HOUR });
  await admin.command(caseId, 'accept', { occurredAt: '2026-01-05T02:00:00Z' });
  await admin.command(caseId, 'assign', { unit: 'engineering', owner: 'li', occurredAt: '2026-01-05T03:00:00Z' });
});
afterAll(() => server.end());

const asOf = async (at: string, by: string) =>
  (await server.admin.get(`/cases/${caseId}?asOf=${encodeURIComponent(at)}&by=${by}`)).body;

test('A-5: by recorded time a case is what was known then; by occurred time what had happened by then', async () => {
  expect((await asOf('2026-01-05T02:30:00Z', 'recorded')).phase).toBe('received');
  expect((await asOf('2026-01-05T02:30:00Z', 'occurred')).phase).toBe('handling');
  expect(await asOf('2026-01-05T02:30:00Z', 'occurred')).not.toHaveProperty('owner');
  expect((await asOf('2026-01-05T11:00:00+08:00', 'occurred')).owner).toBe('li');
});

test('A-5: before it was recorded there was no case', async () => {
  const before = await server.admin.get(`/cases/${caseId}?asOf=2026-01-05T00:59:59Z`);
  expect([before.status, before.body.code]).toEqual([404, 'CASE_NOT_FOUND']);
});

test('A-5: the timeline says who, when, under which policy, and what changed, field by field', async () => {
  const { body } = await server.admin.get(`/cases/${caseId}/timeline?by=occurred`);
  const assigned = body.items.find(({ type }: { type: string }) => type === 'CaseAssigned');
  expect(assigned).toMatchObject({
    occurredAt: '2026-01-05T03:00:00.000Z',
    recordedAt: '2026-01-05T04:00:00.000Z',
    actor: { name: 'admin', role: 'administrator' },
    policy: { pack: 'group', version: '1' },
    changes: [
      { field: 'unit', to: 'engineering' },
      { field: 'owner', to: 'li' },
    ],
  });
});

test('A-5: what changed between two instants', async () => {
  const span = 'from=2026-01-05T02:30:00Z&to=2026-01-05T03:30:00Z';
  const happened = (await server.admin.get(`/cases/${caseId}/changes?${span}&by=occurred`)).body;
  expect(happened.changes.map(({ field }: { field: string }) => field)).toEqual(['unit', 'owner']);
  const known = (await server.admin.get(`/cases/${caseId}/changes?${span}&by=recorded`)).body;
  expect(known.changes).toEqual([]);
});

test('an instant without an offset is refused: whose noon it is, nobody knows', async () => {
  for (const query of ['asOf=2026-01-05T12:00:00', 'asOf=2026-02-30T12:00:00Z', 'asOf=x', 'by=both']) {
    const { status, body } = await server.admin.get(`/cases/${caseId}?${query}`);
    expect([query, status, body.code]).toEqual([query, 422, 'VALIDATION_FAILED']);
  }
});
