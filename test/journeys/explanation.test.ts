import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Server } from './server.js';

const HOUR_MS = 3_600_000;
let server: Server;
let caseId: string;

beforeAll(async () => {
  server = await Server.start({ REDRESS_PROJECTIONS: 'pause' });
  const { admin } = server;
  caseId = await admin.receive();
  await admin.command(caseId, 'accept');
  await admin.command(caseId, 'propose-plan', { measures: '换水管' });
  await admin.post('/test-clock', { advanceMs: 10 * HOUR_MS });
  await admin.command(caseId, 'start-waiting', { waitingFor: 'customer' });
  await admin.post('/test-clock', { advanceMs: 5 * HOUR_MS });
  await admin.command(caseId, 'end-waiting');
});
afterAll(() => server.end());

test('K-9: a clock of a case explains itself with its calendar, its stretches and its moves', async () => {
  const { status, body } = await server.admin.get(`/cases/${caseId}/clocks/K-2.progress`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    caseId,
    clock: 'K-2.progress',
    run: 1,
    state: 'running',
    policy: { pack: 'group', version: '1' },
    startedBy: { type: 'PlanProposed' },
    counting: {
      how: 'counted',
      budgetMs: 48 * HOUR_MS,
      countedMs: 48 * HOUR_MS,
      segments: [
        { kind: 'running', countedMs: 10 * HOUR_MS },
        { kind: 'paused', countedMs: 0 },
        { kind: 'running', countedMs: 38 * HOUR_MS },
      ],
    },
  });
  expect(body.steps.map((step: { type: string; cause?: { type: string } }) => [step.type, step.cause?.type])).toEqual([
    ['DeadlineSet', 'PlanProposed'],
    ['ClockPaused', 'WaitingStarted'],
    ['ClockResumed', 'WaitingEnded'],
  ]);
});

test('A-5, K-9: a clock is explained as it was known at a moment', async () => {
  const { body } = await server.admin.get(`/cases/${caseId}/clocks/K-2.progress?asOf=2026-01-05T12:00:00Z`);
  expect([body.state, body.counting.leftMs]).toEqual(['paused', 38 * HOUR_MS]);
});

test('EVENTS 17, K-9: what came due and nobody wrote yet is told as such', async () => {
  await server.admin.post('/test-clock', { advanceMs: 72 * HOUR_MS });
  const { body } = await server.admin.get(`/cases/${caseId}/explanation`);
  const late = body.items.find((it: { clock: string }) => it.clock === 'K-1');
  expect(late).toMatchObject({ state: 'missed', owedBy: expect.any(Array) });
  expect(late.steps.at(-1)).toMatchObject({ type: 'DeadlineMissed', unwritten: true });
  expect(late.steps.at(-1).revision).toBeUndefined();
});

test('a clock or a run that the case does not have is not found, with those it has', async () => {
  for (const path of ['clocks/K-9', 'clocks/K-1?run=7', 'clocks/__proto__']) {
    const { status, body } = await server.admin.get(`/cases/${caseId}/${path}`);
    expect([path, status, body.code]).toEqual([path, 404, 'CLOCK_NOT_FOUND']);
    expect(body.facts.clocks).toContain('K-1');
  }
  for (const path of ['clocks/K-1?run=0', 'clocks/K-1?run=x', 'explanation?asOf=yesterday', 'explanation?run=1']) {
    const { status, body } = await server.admin.get(`/cases/${caseId}/${path}`);
    expect([path, status, body.code]).toEqual([path, 422, 'VALIDATION_FAILED']);
  }
  const unknown = await server.admin.get('/cases/00000000-0000-4000-8000-000000000000/explanation');
  expect([unknown.status, unknown.body.code]).toEqual([404, 'CASE_NOT_FOUND']);
});
