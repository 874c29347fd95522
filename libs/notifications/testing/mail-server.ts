import { createServer, type AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

/** A mail as the server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  /** Everything, as it came over the wire. */
  readonly raw: string;
}

export const MAIL_USER = { user: 'redress', pass: 'p@ss:word' } as const;

/** A real SMTP server on a port of its own, for tests: it can be away, refuse, or keep a mail and not answer. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  /** Said instead of taking a mail. */
  refuseWith: { readonly code: number; readonly text: string } | undefined;
  /** Takes a mail and never says so, as a connection that breaks behind the last byte. */
  silent = false;
  private server: SMTPServer | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<MailServer> {
    const server = new MailServer(await freePort());
    await server.up();
    return server;
  }

  get url(): string {
    const { user, pass } = MAIL_USER;
    return `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const server = new SMTPServer({
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === MAIL_USER.user && password === MAIL_USER.pass
          ? done(null, { user: username })
          : done(new Error('Invalid username or password')),
      onData: (stream, session, done) => void this.take(stream, session).then(() => this.answer(done)),
    });
    // A client that is killed in the middle is no fault of the server.
    server.on('error', () => undefined);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(resolve));
  }

  private answer(done: (error?: Error | null) => void): void {
    if (this.silent) return;
    const { refuseWith } = this;
    if (refuseWith === undefined) return done();
    done(Object.assign(new Error(refuseWith.text), { responseCode: refuseWith.code }));
  }

  private async take(stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    if (this.refuseWith !== undefined) return;
    const raw = Buffer.concat(chunks).toString('latin1');
    const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    this.mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...parsed(raw) });
  }
}

function parsed(raw: string): Omit<ReceivedMail, 'from' | 'to'> {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const headers = new Map(
    lines.split('\r\n').map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')] as const;
    }),
  );
  const body = raw.slice(end + 4);
  return {
    headers,
    messageId: headers.get('message-id') ?? '',
    subject: words(headers.get('subject') ?? ''),
    text: decoded(body, headers.get('content-transfer-encoding') ?? '7bit').replaceAll('\r\n', '\n'),
    raw,
  };
}

/** RFC 2047: what is no ASCII travels in words of its own, and white space between two of them is none. */
const words = (header: string): string =>
  header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/(?:=\?utf-8\?([bq])\?([^?]*)\?=)+/gi, (run) =>
      Buffer.concat(
        [...run.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([, kind, word = '']) =>
          kind!.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : quoted(word.replaceAll('_', ' ')),
        ),
      ).toString(),
    );

function decoded(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString();
    case 'quoted-printable':
      return quoted(body.replace(/=\r\n/g, '')).toString();
    default:
      return Buffer.from(body, 'latin1').toString();
  }
}

const quoted = (text: string): Buffer =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
