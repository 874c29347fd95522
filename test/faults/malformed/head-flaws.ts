import { brokenHttp } from './broken-http.js';
import { wrongQuery } from './queries.js';
import type { Flaw, Header } from './requests.js';

export const wrongUpload: Flaw = (maker) => {
  const [query, type] = maker.random.pick([
    ['', 'image/png'],
    ['?fileName=', 'image/png'],
    [`?fileName=${'x'.repeat(1001)}`, 'image/png'],
    ['?fileName=a&fileName=b', 'image/png'],
    ['?fileName=%zz', 'image/png'],
    ['?fileName=a', 'png'],
    ['?fileName=a', 'image/png/x'],
  ] as const);
  const address = `/cases/${maker.target.caseId}/attachments${query}`;
  return { flaw: `upload ${query.slice(0, 50)} ${type}`, bytes: maker.post(address, 'bytes', [], type) };
};

const UNKNOWN_IDS = [
  '00000000-0000-4000-8000-000000000000',
  'nothing',
  '%00',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e%2fmaster.key',
  '*',
  "1'%20or%20'1'='1",
  '%F0%9F%98%80',
  'x'.repeat(150),
  'x'.repeat(500),
  '__proto__',
  'constructor',
  '-1',
  '1e9',
];

export const unknownCase: Flaw = (maker) => {
  const id = maker.random.pick(UNKNOWN_IDS);
  const { path, right } = maker.route();
  if (path.includes('/{id}/') && maker.random.chance(0.6)) {
    return { flaw: `unknown id ${id}`, bytes: maker.post(path.replace('{id}', id), JSON.stringify(right)) };
  }
  const address = maker.random.pick(['/cases/ID', '/cases/ID/timeline', '/cases/ID/attachments/ID', '/cases/ID/frob']);
  return { flaw: `unknown id ${id}`, bytes: maker.bare('GET', address.replaceAll('ID', id)) };
};

const PATHS = [
  '/../../../etc/passwd',
  '/..%2f..%2fmaster.key',
  '/%2e%2e/%2e%2e/keys.db',
  '/..\\..\\log.db',
  '/cases/%',
  '/cases/%zz',
  '/cases/%c0%af',
  '/%ff',
  '/cases//',
  '/cases/',
  '/CASES',
  '/.env',
  '/.git/config',
  '/assets/../../log.db',
  '//etc/passwd',
  '/people/%ed%a0%80/active',
  '/no/such/thing',
  '/cases/%00/accept',
];

export const wrongPath: Flaw = (maker) => {
  const path = maker.random.pick(PATHS);
  const method = maker.random.pick(['GET', 'POST', 'DELETE']);
  return { flaw: `no such path ${method} ${path}`, bytes: maker.bare(method, path) };
};

export const wrongMethod: Flaw = (maker) => {
  const method = maker.random.pick(['PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS', 'PROPFIND', 'QUERY']);
  const address = maker.random.pick([
    '/cases',
    '/events',
    '/me',
    '/counts',
    `/cases/${maker.target.caseId}`,
    '/health',
  ]);
  return { flaw: `${method} ${address}`, bytes: maker.bare(method, address) };
};

export const wrongContentType: Flaw = (maker) => {
  const type = maker.random.pick([
    '',
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'json',
    'application/',
    '\u00ff',
  ]);
  const body = JSON.stringify({ kind: 'complaint', channel: 'phone', content: 'x' });
  return { flaw: `content type ${type}`, bytes: maker.post('/cases', body, [], type) };
};

export const wrongHeader: Flaw = (maker) => {
  const { target, random } = maker;
  const [name, value] = random.pick<Header>([
    ...['seven', '7', '"-1"', '"1", "2"', 'W/"1"', '"1.5"', `"${'9'.repeat(30)}"`, '""'].map(
      (it) => ['If-Match', it] as const,
    ),
    ...['', 'x'.repeat(256), 'caf\u00e9', '\t'].map((it) => ['Idempotency-Key', it] as const),
  ]);
  const address = `/cases/${target.caseId}/add-note`;
  return { flaw: `${name}: ${value}`, bytes: maker.post(address, '{"text":"x"}', [[name, value]]) };
};

export const nobody: Flaw = (maker) => {
  const { random } = maker;
  const authorization = random.pick([
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Basic YWRtaW46YWRtaW4=',
    `Bearer ${'x'.repeat(4000)}`,
    'Bearer caf\u00e9',
    'null',
  ]);
  const address = random.pick([
    '/cases',
    '/events',
    '/metrics',
    '/docs',
    '/openapi.json',
    '/keys',
    '/',
    '/no/such/thing',
  ]);
  const more: Header[] = random.chance(0.3)
    ? [['Cookie', 'redress_session=forged']]
    : [['Authorization', authorization]];
  return { flaw: `nobody: ${authorization}`, bytes: maker.bare('GET', address, more, ['Authorization']) };
};

export const foreignHost: Flaw = (maker) => ({
  flaw: 'another host',
  bytes: maker.bare(
    'GET',
    '/cases',
    [['Host', maker.random.pick(['evil.example', '127.0.0.1.evil.example', '[::2]', ''])]],
    ['Host'],
  ),
});

export const badQuery: Flaw = (maker) => {
  const target = wrongQuery(maker.random, maker.target.caseId);
  return { flaw: `query ${target.slice(0, 200)}`, bytes: maker.bare('GET', target) };
};

export const notHttp: Flaw = (maker) => brokenHttp(maker.random, maker.target.host);
