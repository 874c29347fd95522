import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connect } from 'node:net';
import { COMMAND_ROUTES } from '../../apps/api/commands/routes.js';
import { ADMIN_KEY, COMPLAINT, Server } from './server.js';

const REQUESTS = Number(process.env['HOSTILE_REQUESTS'] ?? 1500);
let server: Server;
let caseId: string;
beforeAll(async () => {
  server = await Server.start({ REDRESS_LOG_LEVEL: 'error' });
  caseId = await server.admin.receive();
});
afterAll(() => server.end());

interface Hostile {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const json = { 'content-type': 'application/json' };
const post = (path: string, body: Buffer | string, headers: Record<string, string> = json): Hostile => ({
  method: 'POST',
  path,
  headers,
  body: Buffer.from(body),
});
const get = (path: string, headers: Record<string, string> = {}): Hostile => ({
  method: 'GET',
  path,
  headers,
  body: undefined,
});

const junk = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.array(fc.anything(), { maxLength: 3 }),
);
const names = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '$where', 'kind ');
const command = fc.constantFrom(...COMMAND_ROUTES.filter(({ creates }) => !creates).map(({ path }) => path.slice(4)));

/** Requests that are wrong in one way each. */
const hostile: fc.Arbitrary<Hostile> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.keys(COMPLAINT)), junk)
    .map(([field, value]) =>
      post('/cases', JSON.stringify({ ...COMPLAINT, [field]: value, kind: field === 'kind' ? value : 'none' })),
    ),
  names.map((name) => post('/cases', `{"${name}":{"role":"administrator"},${JSON.stringify(COMPLAINT).slice(1)}`)),
  names.map((name) => post('/cases', JSON.stringify(COMPLAINT).replace('{"name"', `{"${name}":1,"name"`))),
  fc.string({ maxLength: 40 }).map((text) => post('/cases', `{"kind":${text}`)),
  fc
    .uint8Array({ minLength: 1, maxLength: 60 })
    .map((bytes) => post('/cases', Buffer.concat([Buffer.from([0xff]), bytes]))),
  fc.constantFrom('', 'null', '[]', '"x"', '7', 'true', '{}', '[{}]').map((body) => post('/cases', body)),
  fc.integer({ min: 33, max: 60_000 }).map((depth) => post('/cases', '['.repeat(depth) + ']'.repeat(depth))),
  fc.constant(post('/cases', JSON.stringify({ ...COMPLAINT, content: 'x'.repeat(1_100_000) }))),
  fc.constant(post('/cases', '{"kind":"complaint","channel":"phone","content":"\\ud800"}')),
  fc
    .constantFrom(
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'x',
    )
    .map((type) => post('/cases', JSON.stringify(COMPLAINT), { 'content-type': type })),
  fc.constantFrom('', 'ü', 'x'.repeat(256), '\u0001').map((key) =>
    post('/cases', JSON.stringify(COMPLAINT), {
      ...json,
      'idempotency-key': Buffer.from(`${key}\u007f`).toString('latin1'),
    }),
  ),
  fc.tuple(command, fc.uuid()).map(([name, id]) => post(`/cases/${id}/${name}`, '{}')),
  fc.tuple(command, junk).map(([name, value]) => post(`/cases/${caseId}/${name}`, JSON.stringify({ nonsense: value }))),
  fc
    .constantFrom('%', '%ff', '%00', '%c0%af', '..%2f..', 'x'.repeat(5000), "'; drop table", '%E4%BD')
    .map((id) => get(`/cases/${id.replace(/[ ']/g, '%20')}`)),
  fc
    .constantFrom(
      'limit=0',
      'limit=x',
      'limit=1&limit=2',
      'state=open',
      'cursor=xyz',
      'sort=name',
      'atLeast=?',
      'foo=1',
      '__proto__=1',
      'text=a&text=b',
      'overdue=1',
    )
    .map((query) => get(`/cases?${query}`)),
  fc
    .constantFrom('limit=1001', 'limit=-1', 'after=x', 'after=1&after=2', 'open=maybe', 'types=Nothing')
    .map((query) => get(`/events?${query}`)),
  fc
    .constantFrom('asOf=now', 'asOf=2026-13-01T00:00:00Z', 'by=x', 'asOf=1&asOf=2')
    .map((query) => get(`/cases/${caseId}?${query}`)),
  fc.constantFrom('PUT', 'DELETE', 'PATCH').map((method) => ({ ...post('/cases', '{}'), method })),
  fc.constant(get(`/cases?text=${'x'.repeat(15_000)}`)),
  fc.constant(get('/cases', { 'x-large': 'x'.repeat(20_000) })),
  fc
    .constantFrom('"x"', 'W/"1"', '1', '"1","2"')
    .map((etag) => post(`/cases/${caseId}/accept`, '{}', { ...json, 'if-match': etag })),
);

/** On a bare socket: an HTTP client would mend or refuse half of these. */
function sent({ method, path, headers, body }: Hostile): Promise<string> {
  const { port } = new URL(server.url);
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${ADMIN_KEY}`,
    'Connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]));
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    // A body that is refused before it was read may be cut off by a reset: what was answered came before it.
    socket.on('error', (error) => (chunks.length > 0 ? undefined : reject(error)));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

test('malformed requests get 4xx with a problem body, and leave no trace in the log', async () => {
  const { body: before } = await server.admin.get('/events?after=head');
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(hostile, async (request) => {
      const answer = await sent(request);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      const status = Number(head.split(' ')[1]);
      expect([request.method, request.path.slice(0, 80), status >= 400 && status < 500, status]).toEqual([
        request.method,
        request.path.slice(0, 80),
        true,
        status,
      ]);
      expect(head.toLowerCase()).toContain('application/problem+json');
      seen.add((JSON.parse(body) as { code: string }).code);
    }),
    { numRuns: REQUESTS },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining(['BROKEN_JSON', 'VALIDATION_FAILED', 'CASE_NOT_FOUND', 'TOO_LARGE']),
  );
  expect((await server.admin.get('/events?after=head')).body.next).toBe(before.next);
  expect(server.log).toBe('');
}, 180_000);

test('hostile text in free text is stored and shown as it was said', async () => {
  const texts = [
    '<script>alert(1)</script>',
    "'; drop table case_board; --",
    '${7*7}{{7*7}}',
    'a\u0000b',
    '\u202e反',
    '😀\u{1f468}‍👩‍👧',
    '__proto__',
    '\\ud800',
  ];
  for (const content of texts) {
    const id = await server.admin.receive({ content, subject: content });
    const { body } = await server.admin.get(`/cases/${id}`);
    expect([body.content, body.subject]).toEqual([{ value: content }, { value: content }]);
  }
});
