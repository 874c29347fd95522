import { connect } from 'node:net';

/** Bytes as they go over the wire: no client library stands between the test and the server. */
export interface Wired {
  /** What is wrong with it. */
  readonly flaw: string;
  readonly bytes: Buffer;
  /** The sender gives up in the middle: it closes its side behind the bytes. */
  readonly cut?: true;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Line {
  readonly method: string;
  readonly target: string;
  /** Name and value; in Latin-1, so that any byte can stand in them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer;
}

const LONGEST_WAIT_MS = 20_000;

/** A request whose head is right; its length is told where the headers do not tell it. */
export function wired({ method, target, headers, body = Buffer.alloc(0) }: Line): Buffer {
  const told = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const all = [...headers, ...(told || body.length === 0 ? [] : [['content-length', String(body.length)] as const])];
  const head = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]);
}

/** Sends the bytes on a connection of their own. @returns nothing where the server closed without a word */
export function exchange(port: number, { bytes, cut }: Wired): Promise<WireAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const done = (): void => {
      socket.destroy();
      resolve(parsed(Buffer.concat(chunks)));
    };
    socket.setTimeout(LONGEST_WAIT_MS, () => {
      socket.destroy();
      reject(new Error(`no answer after ${LONGEST_WAIT_MS} ms; so far ${Buffer.concat(chunks).toString('latin1')}`));
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', done);
    // A server that has answered may close while the rest of a large body is still on its way.
    socket.on('error', done);
    socket.on('connect', () => (cut ? socket.end(bytes) : socket.write(bytes)));
  });
}

function parsed(bytes: Buffer): WireAnswer | undefined {
  const text = bytes.toString('utf8');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
  if (status === undefined) return undefined;
  const split = text.indexOf('\r\n\r\n');
  const head = text.slice(0, split);
  const contentType = /\r\ncontent-type: ([^\r]*)/i.exec(head)?.[1] ?? '';
  return { status: Number(status), contentType, body: text.slice(split + 4) };
}
