import { createTransport, type Transporter } from 'nodemailer';
import type { Mail, MailCarrier } from '../port.js';

export interface SmtpOptions {
  /** `smtp://user:pass@host:port`, or `smtps://…`; further options of the transport as its query. */
  readonly url: string;
  /** `Redress <redress@example.org>` */
  readonly from: string;
}

/** How long a mail server may be silent. */
const PATIENCE_MS = 20_000;

/** The mail server did not take it. `code` is safe to keep: what the server said may repeat an address, and is left out. */
export class MailNotSent extends Error {
  constructor(readonly code: string) {
    super(`the mail was not taken: ${code}`);
  }
}

/** Carries mail to an SMTP server. */
export class SmtpCarrier implements MailCarrier {
  private readonly transport: Transporter;

  constructor(private readonly options: SmtpOptions) {
    this.transport = createTransport(withPatience(options.url));
  }

  async send({ messageId, to, subject, text }: Mail): Promise<void> {
    const { from } = this.options;
    try {
      await this.transport.sendMail({
        from,
        to,
        subject,
        text,
        messageId: `<${messageId}@${domainOf(from)}>`,
        // So that holiday replies do not come back (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      const { code, responseCode } = error as { code?: string; responseCode?: number };
      throw new MailNotSent([code ?? 'SMTP', responseCode].filter((it) => it !== undefined).join(' '));
    }
  }

  close(): void {
    this.transport.close();
  }
}

function withPatience(url: string): string {
  const patient = new URL(url);
  for (const name of ['connectionTimeout', 'greetingTimeout', 'socketTimeout']) {
    if (!patient.searchParams.has(name)) patient.searchParams.set(name, String(PATIENCE_MS));
  }
  return patient.toString();
}

const domainOf = (from: string): string => /@([^>\s]+)/.exec(from)?.[1] ?? 'redress.invalid';
