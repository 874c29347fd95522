import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.end());

test('a case from the call to the return visit, read on the board with each write', async () => {
  const desk = server.admin;
  const caseId = await desk.receive();
  const seen = async (position: string): Promise<string> => {
    const { body } = await desk.get(`/cases?atLeast=${position}`);
    return body.items[0].phase as string;
  };
  const steps: [name: string, body: object, phase: string][] = [
    ['assign', { unit: 'engineering', owner: 'li' }, 'received'],
    ['accept', {}, 'handling'],
    ['give-reply', { channel: 'phone', text: '明天来修' }, 'handling'],
    ['resolve', { outcome: 'remedied', resolution: '换了水管' }, 'resolved'],
    ['record-return-visit', { channel: 'phone', reached: true, satisfied: true, score: 5 }, 'resolved'],
    ['close', {}, 'closed'],
  ];
  for (const [name, body, phase] of steps) {
    const { body: written, headers } = await desk.command(caseId, name, body);
    expect(headers.get('redress-position')).toBe(written.position);
    expect([name, await seen(written.position)]).toEqual([name, phase]);
  }
  const { body: shown } = await desk.get(`/cases/${caseId}`);
  expect(shown).toMatchObject({
    phase: 'closed',
    owner: 'li',
    content: { value: '厨房漏水三天了，没有人来修。' },
    parties: [{ role: 'complainant', name: { value: '王芳' } }],
    clocks: [
      { clock: 'K-1', state: 'met' },
      { clock: 'K-2.plan', state: 'met' },
      { clock: 'K-2.result', state: 'met' },
      // Handled by another unit: its papers are filed with the service centre (I-6).
      { clock: 'I-6.papers', state: 'running' },
    ],
    visits: [{ reached: true, score: 5 }],
  });
  expect(shown.legal).toContain('ReopenCase');
  expect((await desk.get('/counts')).body.byPhase).toEqual({ closed: 1 });
});

test('a move that the case does not allow is refused with what would be legal', async () => {
  const caseId = await server.admin.receive();
  const { status, body } = await server.admin.post(`/cases/${caseId}/resolve`, { outcome: 'remedied' });
  expect([status, body.code]).toEqual([409, 'CASE_NOT_ACCEPTED']);
  expect(body.facts.legal).toEqual(expect.arrayContaining(['AcceptCase', 'DeclineCase']));
  expect(body.type).toBe('urn:redress:problem:CASE_NOT_ACCEPTED');
});

test('correlation ids come back, and stand on the events', async () => {
  const { body, headers } = await server.admin.post(
    '/cases',
    { kind: 'request', channel: 'email', content: 'x' },
    {
      'x-correlation-id': 'call-centre:4711',
    },
  );
  expect(headers.get('x-correlation-id')).toBe('call-centre:4711');
  const { body: told } = await server.admin.get(`/cases/${body.caseId}/timeline`);
  expect(told.items[0].correlationId).toBe('call-centre:4711');
  const malformed = await server.admin.get('/me', { 'x-correlation-id': 'a b' });
  expect(malformed.headers.get('x-correlation-id')).not.toBe('a b');
});
