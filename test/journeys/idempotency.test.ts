import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { COMPLAINT, Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.end());

const keyed = (key: string) => ({ 'idempotency-key': key });

test('EVENTS 2: the same command again gives the first outcome, after a restart too', async () => {
  const first = await server.admin.post('/cases', COMPLAINT, keyed('call-1'));
  await server.admin.command(first.body.caseId, 'accept');
  const again = await server.admin.post('/cases', COMPLAINT, keyed('call-1'));
  expect([again.status, again.body]).toEqual([201, first.body]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  await server.stop();
  await server.run();
  const later = await server.admin.post('/cases', COMPLAINT, keyed('call-1'));
  expect(later.body).toEqual(first.body);
  expect((await server.admin.get('/events?types=CaseReceived')).body.events).toHaveLength(1);
});

test('EVENTS 2: the same key with another body, or for another command, is refused', async () => {
  const other = await server.admin.post('/cases', { ...COMPLAINT, subject: 'another' }, keyed('call-1'));
  expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  const caseId = await server.admin.receive({}, keyed('call-2'));
  await server.admin.command(caseId, 'accept', {}, keyed('one'));
  const wrong = await server.admin.post(`/cases/${caseId}/close`, {}, keyed('one'));
  expect([wrong.status, wrong.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
});

test('EVENTS 2: a key is its sender’s own: two people may use the same one', async () => {
  const { key } = await server.admin.hire('Wang', 'agent');
  const theirs = await server.as(key).receive({}, keyed('call-1'));
  const ours = await server.admin.receive({}, keyed('call-1'));
  expect(theirs).not.toBe(ours);
});

test('EVENTS 2: a refused command writes nothing and is decided anew when it comes again', async () => {
  const caseId = await server.admin.receive();
  const early = await server.admin.post(`/cases/${caseId}/resolve`, { outcome: 'explained' }, keyed('resolve'));
  expect(early.status).toBe(409);
  await server.admin.command(caseId, 'accept');
  const again = await server.admin.post(`/cases/${caseId}/resolve`, { outcome: 'explained' }, keyed('resolve'));
  expect(again.status).toBe(200);
});

test('many that send the same command at once have one effect', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => server.admin.post('/cases', COMPLAINT, keyed('race'))),
  );
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

test('If-Match: a stale edit is refused, but a timer’s event makes none stale', async () => {
  const caseId = await server.admin.receive();
  const { headers } = await server.admin.get(`/cases/${caseId}`);
  const etag = headers.get('etag')!;
  await server.admin.post('/test-clock', { advanceMs: 3 * 24 * 3_600_000 });
  const settled = await waitForMissed(caseId);
  expect(settled.headers.get('etag')).toBe(etag);
  await server.admin.command(caseId, 'accept', {}, { 'if-match': etag });
  const stale = await server.admin.post(`/cases/${caseId}/add-note`, { text: 'x' }, { 'if-match': etag });
  expect([stale.status, stale.body.code]).toEqual([412, 'PRECONDITION_FAILED']);
  const malformed = await server.admin.post(`/cases/${caseId}/add-note`, { text: 'x' }, { 'if-match': 'seven' });
  expect([malformed.status, malformed.body.code]).toEqual([400, 'BAD_HEADER']);
});

/** The feed tells when the timer has written. */
async function waitForMissed(caseId: string) {
  const response = await fetch(`${server.url}/events/stream?types=DeadlineMissed`, {
    headers: { authorization: 'Bearer the first administrator of the journeys' },
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !text.includes(caseId);) text += (await reader.read()).value ?? '';
  await reader.cancel();
  return server.admin.get(`/cases/${caseId}`);
}
