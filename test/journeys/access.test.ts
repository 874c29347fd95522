import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { ADMIN_KEY, Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.end());

const cookieOf = (headers: Headers): string => headers.get('set-cookie')!.split(';')[0]!;

test('nothing but health answers without a key', async () => {
  expect((await server.nobody.get('/health')).status).toBe(200);
  const paths = ['/cases', '/cases/x', '/counts', '/events', '/events/stream', '/me', '/policy', '/metrics', '/docs'];
  for (const path of [...paths, '/openapi.json', '/projections', '/clock', '/keys', '/people', '/nowhere', '/']) {
    const { status, body } = await server.nobody.get(path);
    expect([path, status, body.code]).toEqual([path, 401, 'UNAUTHENTICATED']);
  }
  expect((await server.as('wrong').post('/cases', {})).status).toBe(401);
  expect((await server.nobody.get('/', { accept: 'text/html' })).body).toContain('<form');
});

/** A form that a browser sends, without a script. */
const sendForm = (fields: Record<string, string>) =>
  server.nobody.send('POST', '/sign-in', new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });

test('a sign-in link that a mail scanner fetches is not used up; it works once, and its cookie is no script’s', async () => {
  const link = server.said.find((line) => line.includes('/sign-in?token='))!;
  const path = link.slice(link.indexOf('/sign-in'));
  const token = path.slice(path.indexOf('=') + 1);
  for (const look of ['GET', 'HEAD', 'GET']) {
    const page = await server.nobody.send(look, path);
    expect([page.status, page.headers.get('set-cookie')]).toEqual([200, null]);
  }
  expect((await server.nobody.get(path)).body).toContain(`<input type="hidden" name="token" value="${token}">`);
  const first = await sendForm({ token });
  expect([first.status, first.headers.get('location')]).toEqual([303, '/']);
  expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
  const me = await server.nobody.get('/me', { cookie: cookieOf(first.headers) });
  expect(me.body).toMatchObject({ name: 'admin', role: 'administrator', testClock: true });
  const second = await sendForm({ token });
  expect([second.status, second.headers.get('set-cookie')]).toEqual([401, null]);
  expect(second.body).toContain('This sign-in link was used already.');
  const byProgram = await server.nobody.post('/sign-in', { token });
  expect([byProgram.status, byProgram.body.code]).toEqual([401, 'SIGN_IN_LINK_USED']);
});

test('a token that is none stands in no page; key and token are not both given', async () => {
  const hostile = await server.nobody.get(`/sign-in?token=${encodeURIComponent('"><script>x')}`);
  expect([hostile.status, hostile.body.code]).toEqual([401, 'SIGN_IN_LINK_UNKNOWN']);
  for (const body of [{}, { key: ADMIN_KEY, token: 'x' }]) {
    const { status, body: said } = await server.nobody.post('/sign-in', body);
    expect([status, said.code]).toEqual([422, 'VALIDATION_FAILED']);
  }
});

test('an address that does not know a method says which ones it knows', async () => {
  const caseId = await server.admin.receive();
  const wrong: [method: string, path: string, allow: string][] = [
    ['DELETE', '/cases', 'GET, HEAD, POST'],
    ['GET', `/cases/${caseId}/accept`, 'POST'],
    ['PUT', `/cases/${caseId}?x=1`, 'GET, HEAD'],
    ['POST', `/cases/${caseId}/clocks/K-1`, 'GET, HEAD'],
    ['PATCH', '/sign-in', 'GET, HEAD, POST'],
  ];
  for (const [method, path, allow] of wrong) {
    const { status, headers, body } = await server.admin.send(method, path);
    expect([path, status, body.code, headers.get('allow')]).toEqual([path, 405, 'METHOD_NOT_ALLOWED', allow]);
  }
  for (const [method, path] of [
    ['POST', '/nowhere'],
    ['GET', `/cases/${caseId}/nowhere`],
  ] as const) {
    const { status, headers, body } = await server.admin.send(method, path);
    expect([path, status, body.code, headers.get('allow')]).toEqual([path, 404, 'UNKNOWN_ROUTE', null]);
  }
});

test('a write by cookie needs the header that no other page can send; signing out ends it', async () => {
  const signedIn = await server.nobody.post('/sign-in', { key: ADMIN_KEY });
  const cookie = cookieOf(signedIn.headers);
  const complaint = { kind: 'request', channel: 'chat', content: 'x' };
  const forged = await server.nobody.post('/cases', complaint, { cookie });
  expect([forged.status, forged.body.code]).toEqual([403, 'CSRF_REFUSED']);
  const ours = { cookie, 'x-redress-csrf': '1' };
  expect((await server.nobody.post('/cases', complaint, ours)).status).toBe(201);
  expect((await server.nobody.post('/sign-out', {}, ours)).status).toBe(200);
  expect((await server.nobody.get('/me', { cookie })).status).toBe(401);
});

test('a page that points its own name at this machine is not answered', async () => {
  const status = await new Promise((resolve, reject) => {
    const { port } = new URL(server.url);
    const headers = { host: 'evil.example', authorization: `Bearer ${ADMIN_KEY}` };
    request({ host: '127.0.0.1', port, path: '/me', headers }, (response) => resolve(response.statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});

test('each role may do its own and no more', async () => {
  const { admin } = server;
  const caseId = await admin.receive();
  const agent = server.as((await admin.hire('Zhang', 'agent', 'service-centre')).key);
  const auditor = server.as((await admin.hire('Chen', 'auditor')).key);
  const service = server.as((await admin.hire('portal', 'service')).key);
  expect((await agent.post(`/cases/${caseId}/accept`)).status).toBe(200);
  const audited = await auditor.post(`/cases/${caseId}/add-note`, { text: 'x' });
  expect([audited.status, audited.body.code]).toEqual([403, 'ROLE_NOT_ALLOWED']);
  for (const path of ['/keys', '/people']) {
    const body = { kind: 'person', name: 'x', personId: 'x', role: 'agent', label: 'x' };
    expect([path, (await agent.post(path, body)).body.code]).toEqual([path, 'FORBIDDEN']);
  }
  expect((await agent.post('/import/cases', { cases: [{}] })).body.code).toBe('FORBIDDEN');
  expect((await agent.post('/test-clock', { advanceMs: 1 })).body.code).toBe('FORBIDDEN');
  expect((await service.get('/events?open=true')).body.code).toBe('WITHHELD');
  // Who may not see personal words may not learn them by searching for them either.
  expect((await service.get('/cases?text=lift')).body.code).toBe('WITHHELD');
  const { body: shown } = await service.get(`/cases/${caseId}`);
  expect([shown.content, shown.parties[0].name]).toEqual([{ withheld: true }, { withheld: true }]);
  const row = (await service.get('/cases')).body.items.find((it: { caseId: string }) => it.caseId === caseId);
  expect([row.subject, row.excerpt, row.complainantName]).toEqual(Array(3).fill({ withheld: true }));
  expect((await auditor.get(`/cases/${caseId}?asOf=2026-01-05T01:00:00Z`)).status).toBe(200);
});

test('H-5: nobody approves a compensation they proposed, under whatever key', async () => {
  const { admin } = server;
  const { key, id } = await admin.hire('Liu', 'supervisor');
  const second = (await admin.post('/keys', { personId: id, role: 'supervisor', label: 'night shift' })).body.key;
  const caseId = await admin.receive();
  await admin.command(caseId, 'accept');
  const { body } = await server
    .as(key)
    .command(caseId, 'propose-compensation', { amountCents: 20_000, reason: '损坏了地板' });
  const { compensationId } = body.result;
  const own = await server.as(second).post(`/cases/${caseId}/approve-compensation`, { compensationId });
  expect([own.status, own.body.code]).toEqual([403, 'OWN_PROPOSAL']);
  await admin.command(caseId, 'approve-compensation', { compensationId });
});

test('a revoked key is refused at once', async () => {
  const { key, keyId } = await server.admin.hire('Gone', 'agent');
  expect((await server.as(key).get('/me')).status).toBe(200);
  expect((await server.admin.send('DELETE', `/keys/${keyId}`)).status).toBe(200);
  expect((await server.as(key).get('/me')).status).toBe(401);
});
