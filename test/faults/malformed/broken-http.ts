import { ADMIN_KEY } from '../../support/engine.js';
import type { Random } from '../../support/random.js';
import type { Wired } from './wire.js';

const BODY = '{"kind":"complaint","channel":"phone","content":"x"}';

/** What is no HTTP, or HTTP that two readers would take differently: it is refused before a request exists. */
export function brokenHttp(random: Random, host: string): Wired {
  const always = `Host: ${host}\r\nConnection: close\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n`;
  const json = `${always}Content-Type: application/json\r\n`;
  const length = `Content-Length: ${BODY.length}\r\n`;
  const more = BODY.length + random.between(1, 100);
  const samples: readonly (readonly [flaw: string, text: string, cut?: true])[] = [
    ['no such method', `FROB /cases HTTP/1.1\r\n${always}\r\n`],
    ['lower-case method', `post /cases HTTP/1.1\r\n${json}${length}\r\n${BODY}`],
    ['no such version', `GET /cases HTTP/9.9\r\n${always}\r\n`],
    ['a space in the path', `GET /ca ses HTTP/1.1\r\n${always}\r\n`],
    ['a control character in the path', `GET /cases\u0001 HTTP/1.1\r\n${always}\r\n`],
    ['no colon', `GET /cases HTTP/1.1\r\n${always}frob\r\n\r\n`],
    ['a space in a header name', `GET /cases HTTP/1.1\r\n${always}a b: c\r\n\r\n`],
    ['a control character in a header', `GET /cases HTTP/1.1\r\n${always}X: a\u0000b\r\n\r\n`],
    ['noise', `${'\u0016\u0003\u0001'.repeat(random.between(1, 50))}\r\n\r\n`],
    ['long headers', `GET /cases HTTP/1.1\r\n${always}X: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['long address', `GET /cases?text=${'x'.repeat(40_000)} HTTP/1.1\r\n${always}\r\n`],
    ['no host', `GET /cases HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n\r\n`],
    ['negative length', `POST /cases HTTP/1.1\r\n${json}Content-Length: -1\r\n\r\n${BODY}`],
    ['length in words', `POST /cases HTTP/1.1\r\n${json}Content-Length: all\r\n\r\n${BODY}`],
    ['two lengths', `POST /cases HTTP/1.1\r\n${json}${length}Content-Length: 1\r\n\r\n${BODY}`],
    ['length and chunks', `POST /cases HTTP/1.1\r\n${json}${length}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['no such coding', `POST /cases HTTP/1.1\r\n${json}Transfer-Encoding: frob\r\n\r\n${BODY}`],
    ['broken chunks', `POST /cases HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`],
    ['unmet expectation', `POST /cases HTTP/1.1\r\n${json}${length}Expect: frob\r\n\r\n${BODY}`],
    ['a body that ends early', `POST /cases HTTP/1.1\r\n${json}Content-Length: ${more}\r\n\r\n${BODY}`, true],
    ['headers that end early', `POST /cases HTTP/1.1\r\n${json}`, true],
    ['chunks that end early', `POST /cases HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\n34\r\n${BODY}`, true],
  ];
  const [flaw, text, cut] = random.pick(samples);
  return { flaw, bytes: Buffer.from(text, 'latin1'), ...(cut && { cut }) };
}
