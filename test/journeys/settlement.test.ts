import { afterEach, expect, test } from '@jest/globals';
import type { TimelineEntry } from '../../apps/api/queries/timeline.js';
import { Server, type Client } from './server.js';

const DAY = 24 * 3_600_000;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.end();
});

async function started(environment: Record<string, string> = {}): Promise<Server> {
  const server = await Server.start(environment);
  servers.push(server);
  return server;
}

/** What happened, without what differs between two runs by nature: ids and when it was written down. */
async function story(desk: Client, caseId: string): Promise<unknown[]> {
  const { body } = await desk.get(`/cases/${caseId}/timeline`);
  return body.items.map(({ type, occurredAt, data, actor }: TimelineEntry) => [
    type,
    occurredAt,
    actor.role,
    data['clock'],
    data['run'],
    data['dueAt'],
  ]);
}

async function lived({ admin }: Server, whenDue: () => Promise<void>): Promise<string> {
  const caseId = await admin.receive();
  await admin.command(caseId, 'accept');
  await admin.command(caseId, 'make-promise', { dueAt: '2026-01-06T09:00:00.000Z', text: '明天回电话' });
  await admin.post('/test-clock', { advanceMs: 3 * DAY });
  await whenDue();
  await admin.command(caseId, 'give-reply', { channel: 'phone', text: '对不起，晚了' });
  return caseId;
}

test('K-8: timer or no timer, the same events follow', async () => {
  const withTimer = await started();
  const withoutTimer = await started({ REDRESS_PROJECTIONS: 'pause' });
  const timed = await lived(withTimer, () => untilMissed(withTimer));
  const untimed = await lived(withoutTimer, async () => undefined);
  const events = await story(withTimer.admin, timed);
  expect(await story(withoutTimer.admin, untimed)).toEqual(events);
  expect(events.map((event) => (event as string[])[0])).toEqual(
    expect.arrayContaining(['DeadlineMissed', 'PromiseBroken']),
  );
});

test('EVENTS 17: reading is never behind, though nobody has settled yet', async () => {
  const server = await started({ REDRESS_PROJECTIONS: 'pause' });
  const caseId = await server.admin.receive();
  await server.admin.post('/test-clock', { advanceMs: 3 * DAY });
  const { body } = await server.admin.get(`/cases/${caseId}`);
  expect(body.clocks).toMatchObject([
    { clock: 'K-1', state: 'missed' },
    { clock: 'K-2.plan', state: 'missed' },
    { clock: 'escalation', state: 'running' },
  ]);
  expect(
    (await server.admin.get(`/cases/${caseId}/timeline`)).body.items.map((it: TimelineEntry) => it.type),
  ).not.toContain('DeadlineMissed');
});

test('EVENTS 20: the test clock goes on where it stood, and its log takes no other time', async () => {
  const server = await started();
  await server.admin.post('/test-clock', { to: '2026-02-01T08:00:00+08:00' });
  await server.stop();
  await server.run();
  expect((await server.admin.get('/clock')).body).toEqual({ now: '2026-02-01T00:00:00.000Z', testClock: true });
  const back = await server.admin.post('/test-clock', { to: '2026-01-10T00:00:00Z' });
  expect([back.status, back.body.code]).toEqual([422, 'VALIDATION_FAILED']);
  await server.stop();
  await expect(server.run({ REDRESS_TEST_CLOCK: '0' })).rejects.toThrow(/written under a test clock/);
});

async function untilMissed(server: Server): Promise<void> {
  const response = await fetch(`${server.url}/events/stream?types=DeadlineMissed`, {
    headers: { authorization: 'Bearer the first administrator of the journeys' },
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !text.includes('DeadlineMissed');) text += (await reader.read()).value ?? '';
  await reader.cancel();
}
