import { gzipSync } from 'node:zlib';
import { ADMIN_KEY } from '../../support/engine.js';
import type { Random } from '../../support/random.js';
import { Values, type Fields, type Schema, type Schemas } from './bodies.js';
import { brokenHttp } from './broken-http.js';
import { wrongQuery } from './queries.js';
import { wired, type Wired } from './wire.js';

/** What the generator knows of the engine: its OpenAPI document, and a case that is there. */
export interface Target {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: RequestBody }>>>>;
  readonly schemas: Schemas;
  readonly caseId: string;
  readonly host: string;
}

interface RequestBody {
  readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Route {
  readonly path: string;
  readonly schema: Schema;
}

type Header = readonly [name: string, value: string];
type Flaw = (maker: MalformedRequests) => { readonly flaw: string; readonly bytes: Buffer; readonly cut?: true };

/** Makes requests of which none may be taken: each has one flaw at least that no lenient reading mends. */
export class MalformedRequests {
  readonly values: Values;
  private readonly routes: readonly Route[];
  private readonly head: readonly Header[];

  constructor(
    readonly random: Random,
    readonly target: Target,
  ) {
    this.values = new Values(random, target.schemas);
    this.head = [
      ['Host', target.host],
      ['Connection', 'close'],
      ['Authorization', `Bearer ${ADMIN_KEY}`],
    ];
    this.routes = Object.entries(target.paths).flatMap(([path, methods]) => {
      const schema = methods['post']?.requestBody?.content['application/json']?.schema;
      return schema === undefined ? [] : [{ path, schema }];
    });
  }

  next(): Wired {
    return this.random.pick(FLAWS)(this);
  }

  route(): Route & { readonly address: string; readonly right: Fields } {
    const { path, schema } = this.random.pick(this.routes);
    const resolved = this.values.resolve(schema);
    const address = path.replace('{id}', this.target.caseId);
    return { path, schema: resolved, address, right: this.values.rightFields(resolved) };
  }

  post(address: string, body: Buffer | string, more: readonly Header[] = [], type = 'application/json'): Buffer {
    const headers = [...this.head, ...(type === '' ? [] : [['Content-Type', type] as const]), ...more];
    return wired({ method: 'POST', target: address, headers, body: Buffer.from(body) });
  }

  bare(method: string, target: string, more: readonly Header[] = [], without: readonly string[] = []): Buffer {
    const headers = [...this.head.filter(([name]) => !without.includes(name)), ...more];
    return wired({ method, target, headers });
  }
}

const wrongType: Flaw = (maker) => {
  const { address, schema } = maker.route();
  return { flaw: 'wrong type', bytes: maker.post(address, JSON.stringify(maker.values.wrongFields(schema))) };
};

const noObject: Flaw = (maker) => {
  const body = maker.random.pick(['[]', '7', '"text"', 'true', '[{"kind":"complaint"}]', '""', '0']);
  return { flaw: 'no object', bytes: maker.post(maker.route().address, body) };
};

const HOSTILE_FIELDS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '$where', ''];

/** Built as text: in an object literal `__proto__` would never become a member. */
const hostileField: Flaw = (maker) => {
  const { address, right } = maker.route();
  const value = maker.random.pick(['1', 'null', '{}', '{"polluted":true}', '"x"', '[]']);
  const member = `${JSON.stringify(maker.random.pick(HOSTILE_FIELDS))}:${value}`;
  const others = JSON.stringify(right).slice(1, -1);
  return {
    flaw: `hostile field ${member}`,
    bytes: maker.post(address, `{${[others, member].filter(Boolean).join()}}`),
  };
};

const brokenJson: Flaw = (maker) => {
  const { random } = maker;
  const { address, right } = maker.route();
  const text = JSON.stringify({ ...right, content: 'as it was said' });
  const body = random.pick<() => string>([
    () => text.slice(0, random.between(1, text.length - 1)),
    () => `${text}}`,
    () => text.replace(/}$/, ',}'),
    () => text.replaceAll('"', "'"),
    () => `/* said */ ${text}`,
    () => text.replace('as it', 'as\u0000it'),
    () => text.replace('as it', 'as\nit'),
    () => text.replace('"as it was said"', random.pick(['NaN', 'undefined', '0x1f', '+1', '.5', '"\\x41"', '"\\u12"'])),
    () => `${text}${text}`,
    () => ' ',
  ])();
  return { flaw: 'broken JSON', bytes: maker.post(address, body) };
};

const repeatedKey: Flaw = (maker) => {
  const body = `{"kind":"complaint","channel":"phone","content":"x","kind":${maker.random.pick(['5', 'null', '[]'])}}`;
  return { flaw: 'the same field twice, wrong the second time', bytes: maker.post('/cases', body) };
};

const wrongEncoding: Flaw = (maker) => {
  const { random } = maker;
  const text = JSON.stringify({ kind: 'complaint', channel: 'phone', content: 'Küche, très mal' });
  const utf16 = Buffer.from(text, 'utf16le');
  const [flaw, bytes] = random.pick<readonly [string, Buffer]>([
    ['Latin-1', Buffer.from(text, 'latin1')],
    ['UTF-16LE', utf16],
    ['UTF-16LE with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['gzip', gzipSync(text)],
    ['overlong UTF-8', Buffer.concat([Buffer.from('{"content":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    [
      'a surrogate in UTF-8',
      Buffer.concat([Buffer.from('{"content":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
    ['noise', Buffer.from(Array.from({ length: random.between(1, 2000) }, () => random.between(0x80, 0xff)))],
  ]);
  return { flaw, bytes: maker.post('/cases', bytes) };
};

const loneSurrogate: Flaw = (maker) => {
  const half = maker.random.pick(['\\ud800', '\\udfff', 'x\\ud83d', '\\ude00\\ud83d']);
  const body = maker.random.pick([
    `{"kind":"complaint","channel":"phone","content":"${half}"}`,
    `{"kind":"complaint","channel":"phone","content":"x","complainant":{"name":"${half}"}}`,
    `{"kind":"complaint","channel":"phone","content":"x","${half}":1}`,
  ]);
  return { flaw: 'half a character', bytes: maker.post('/cases', body) };
};

const deep: Flaw = (maker) => {
  const depth = maker.random.pick([33, 40, 1000, 100_000]);
  const body = maker.random.pick([
    `{"content":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    '['.repeat(depth),
  ]);
  return { flaw: `nested ${depth} deep`, bytes: maker.post(maker.route().address, body) };
};

/** Rare, because they are what takes the time. */
const huge: Flaw = (maker) => {
  if (maker.random.chance(0.8)) return unknownCase(maker);
  const sizeBytes = maker.random.pick([1024 * 1024 + 1, 1_500_000]);
  const body = `{"kind":"complaint","channel":"phone","content":"${'x'.repeat(sizeBytes)}"}`;
  if (maker.random.chance(0.5)) return { flaw: 'huge', bytes: maker.post('/cases', body) };
  const chunked = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return { flaw: 'huge, in chunks', bytes: maker.post('/cases', chunked, [['Transfer-Encoding', 'chunked']]) };
};

const wrongUpload: Flaw = (maker) => {
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

const unknownCase: Flaw = (maker) => {
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

const wrongPath: Flaw = (maker) => {
  const path = maker.random.pick(PATHS);
  const method = maker.random.pick(['GET', 'POST', 'DELETE']);
  return { flaw: `no such path ${method} ${path}`, bytes: maker.bare(method, path) };
};

const wrongMethod: Flaw = (maker) => {
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

const wrongContentType: Flaw = (maker) => {
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

const wrongHeader: Flaw = (maker) => {
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

const nobody: Flaw = (maker) => {
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

const foreignHost: Flaw = (maker) => ({
  flaw: 'another host',
  bytes: maker.bare(
    'GET',
    '/cases',
    [['Host', maker.random.pick(['evil.example', '127.0.0.1.evil.example', '[::2]', ''])]],
    ['Host'],
  ),
});

const badQuery: Flaw = (maker) => {
  const target = wrongQuery(maker.random, maker.target.caseId);
  return { flaw: `query ${target.slice(0, 200)}`, bytes: maker.bare('GET', target) };
};

const notHttp: Flaw = (maker) => brokenHttp(maker.random, maker.target.host);

const FLAWS: readonly Flaw[] = [
  ...Array.from({ length: 6 }, () => wrongType),
  ...Array.from({ length: 3 }, () => badQuery),
  ...Array.from({ length: 2 }, () => brokenJson),
  ...Array.from({ length: 2 }, () => hostileField),
  ...Array.from({ length: 2 }, () => notHttp),
  noObject,
  repeatedKey,
  wrongEncoding,
  loneSurrogate,
  deep,
  huge,
  unknownCase,
  wrongPath,
  wrongMethod,
  wrongContentType,
  wrongUpload,
  wrongHeader,
  nobody,
  foreignHost,
];
