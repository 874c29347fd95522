import type { Clock } from '#kernel';
import { workersOn, type Backoff, type Job, type Jobs, type StartWorker, type Worker } from '#jobs';
import type { Fallback, MailCarrier, Notice, Outbox } from '#notifications';
import type { Policy } from '#policy';
import { render, type Reader } from './render.js';
import { DELIVERIES } from './seal-messages.js';

/** A minute, two, four … up to four hours: twelve attempts are tried within a day. Then it is dead, and a person decides. */
export const DELIVERY_BACKOFF: Backoff = { firstMs: 60_000, mostMs: 4 * 3_600_000, attempts: 12 };

/** What is known of a recipient when the message goes out. */
export interface Recipient extends Reader {
  readonly email?: string | undefined;
}

/** What the log is told of a message: ids and codes, and the text of the pack with them in it (EVENTS.md 9). */
export interface LoggedNotice {
  readonly messageId: string;
  readonly recipient: string;
  readonly rules: readonly string[];
  readonly caseIds: readonly string[];
  readonly subject: string;
  /** Why it did not go by mail, where it should have. */
  readonly fallback?: Fallback;
}

export interface DeliverPorts {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly jobs: Jobs;
  /** Default: straight from the ledger, one after the other. */
  readonly startWorker?: StartWorker;
  readonly policyFor: (pack: string, version: string) => Policy;
  readonly publicUrl: string;
  /** Undefined where nobody of that id or post is there. */
  readonly recipientOf: (id: string) => Recipient | undefined;
  /** Undefined where there is no mail server. */
  readonly mail: MailCarrier | undefined;
  readonly log: (notice: LoggedNotice) => void;
  readonly onFailed?: (job: Job, failure: { readonly error: string; readonly dead: boolean }) => void;
  readonly onFailure?: (error: unknown) => void;
}

/**
 * When a message is sealed, then it is delivered: by mail, or into the log where the rule says so or no mail can be sent. A
 * server that does not take it is tried again; a message that was sent is not sent again, but for a crash right behind it.
 */
export const deliverMessages = (ports: DeliverPorts): Worker =>
  (ports.startWorker ?? workersOn(undefined, 1))({
    ...{ jobs: ports.jobs, clock: ports.clock, queue: DELIVERIES, backoff: DELIVERY_BACKOFF },
    ...{ onFailed: ports.onFailed, onFailure: ports.onFailure },
    work: ({ id }) => deliver(id, ports),
  });

async function deliver(messageId: string, ports: DeliverPorts): Promise<void> {
  const notices = (await ports.outbox.message(messageId)).filter(({ state }) => state === 'sealed');
  const [first] = notices;
  if (first === undefined) return;
  const recipient = ports.recipientOf(first.recipient);
  const message = render(notices, {
    policyFor: ports.policyFor,
    publicUrl: ports.publicUrl,
    reader: recipient ?? {},
  });
  const fallback = first.channel === 'email' ? fallbackOf(recipient, ports) : undefined;
  const byMail = first.channel === 'email' && fallback === undefined;
  if (byMail) await ports.mail!.send({ messageId, to: recipient!.email!, ...message });
  else ports.log(logged(messageId, notices, message.subject, fallback));
  const how = { at: ports.clock.now(), via: byMail ? ('email' as const) : ('log' as const) };
  await ports.outbox.sent(messageId, fallback === undefined ? how : { ...how, fallback });
}

function fallbackOf(recipient: Recipient | undefined, { mail }: DeliverPorts): Fallback | undefined {
  if (recipient === undefined) return 'NOBODY_HOLDS_POST';
  if (mail === undefined) return 'NO_MAIL_SERVER';
  return recipient.email === undefined ? 'NO_ADDRESS' : undefined;
}

const logged = (
  messageId: string,
  notices: readonly Notice[],
  subject: string,
  fallback: Fallback | undefined,
): LoggedNotice => ({
  messageId,
  recipient: notices[0]!.recipient,
  rules: [...new Set(notices.map(({ rule }) => rule))],
  caseIds: [...new Set(notices.map(({ caseId }) => caseId))],
  subject,
  ...(fallback !== undefined && { fallback }),
});
