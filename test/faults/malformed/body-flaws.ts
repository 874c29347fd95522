import { gzipSync } from 'node:zlib';
import type { Flaw } from './requests.js';

export const wrongType: Flaw = (maker) => {
  const { address, schema } = maker.route();
  return { flaw: 'wrong type', bytes: maker.post(address, JSON.stringify(maker.values.wrongFields(schema))) };
};

export const noObject: Flaw = (maker) => {
  const body = maker.random.pick(['[]', '7', '"text"', 'true', '[{"kind":"complaint"}]', '""', '0']);
  return { flaw: 'no object', bytes: maker.post(maker.route().address, body) };
};

const HOSTILE_FIELDS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '$where', ''];

/** Built as text: in an object literal `__proto__` would never become a member. */
export const hostileField: Flaw = (maker) => {
  const { address, right } = maker.route();
  const value = maker.random.pick(['1', 'null', '{}', '{"polluted":true}', '"x"', '[]']);
  const member = `${JSON.stringify(maker.random.pick(HOSTILE_FIELDS))}:${value}`;
  const others = JSON.stringify(right).slice(1, -1);
  return {
    flaw: `hostile field ${member}`,
    bytes: maker.post(address, `{${[others, member].filter(Boolean).join()}}`),
  };
};

export const brokenJson: Flaw = (maker) => {
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

export const repeatedKey: Flaw = (maker) => {
  const body = `{"kind":"complaint","channel":"phone","content":"x","kind":${maker.random.pick(['5', 'null', '[]'])}}`;
  return { flaw: 'the same field twice, wrong the second time', bytes: maker.post('/cases', body) };
};

export const wrongEncoding: Flaw = (maker) => {
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

export const loneSurrogate: Flaw = (maker) => {
  const half = maker.random.pick(['\\ud800', '\\udfff', 'x\\ud83d', '\\ude00\\ud83d']);
  const body = maker.random.pick([
    `{"kind":"complaint","channel":"phone","content":"${half}"}`,
    `{"kind":"complaint","channel":"phone","content":"x","complainant":{"name":"${half}"}}`,
    `{"kind":"complaint","channel":"phone","content":"x","${half}":1}`,
  ]);
  return { flaw: 'half a character', bytes: maker.post('/cases', body) };
};

export const deep: Flaw = (maker) => {
  const depth = maker.random.pick([33, 40, 1000, 100_000]);
  const body = maker.random.pick([
    `{"content":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    '['.repeat(depth),
  ]);
  return { flaw: `nested ${depth} deep`, bytes: maker.post(maker.route().address, body) };
};

/** Rare, because they are what takes the time. */
export const huge: Flaw = (maker) => {
  if (maker.random.chance(0.8)) return wrongType(maker);
  const sizeBytes = maker.random.pick([1024 * 1024 + 1, 1_500_000]);
  const body = `{"kind":"complaint","channel":"phone","content":"${'x'.repeat(sizeBytes)}"}`;
  if (maker.random.chance(0.5)) return { flaw: 'huge', bytes: maker.post('/cases', body) };
  const chunked = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return { flaw: 'huge, in chunks', bytes: maker.post('/cases', chunked, [['Transfer-Encoding', 'chunked']]) };
};
