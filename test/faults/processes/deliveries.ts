import type { JobTables } from '#jobs/embedded';
import type { OutboxTables } from '#notifications/embedded';
import type { ReceivedMail } from '#notifications/testing';
import { openPostgres } from '#sql';
import type { Services } from './services.js';

/**
 * Where deliveries had no effect, or more than one. Who is killed between the mail server's answer and the ledger's commit sends
 * once more, under the same Message-ID, by which it is known: so often at the most as deliveries can have been in hand.
 */
export async function deliveryFaults({ mail, postgres }: Services, inHand: number): Promise<string[]> {
  const { sent, done } = await recorded(postgres.url);
  const byMail = sent.filter(({ via }) => via === 'email').map(({ message_id }) => message_id!);
  const faults = sent
    .filter(({ message_id }) => !done.some(({ id }) => id === message_id))
    .map(({ message_id }) => `message ${message_id} was sent without a job`);
  const mails = new Map<string, ReceivedMail[]>();
  for (const it of mail.mails) mails.set(idOf(it), [...(mails.get(idOf(it)) ?? []), it]);
  if (byMail.length === 0) faults.push('nobody was told by mail');
  for (const id of byMail) if (!mails.has(id)) faults.push(`message ${id} is said to be sent and did not arrive`);
  for (const [id, copies] of mails) {
    if (!byMail.includes(id)) faults.push(`mail ${id} is of no message`);
    if (new Set(copies.map(({ text }) => text)).size > 1) faults.push(`message ${id} was sent with several texts`);
  }
  const repeated = mail.mails.length - mails.size;
  if (repeated > inHand) faults.push(`${repeated} mails came again, though ${inHand} at most were in hand`);
  return faults;
}

async function recorded(url: string) {
  const db = openPostgres<OutboxTables & JobTables>({ url, connections: 1 });
  try {
    const sent = db.selectFrom('notice').select(['message_id', 'via']).distinct().where('state', '=', 'sent');
    const done = db.selectFrom('job').select('id').where('queue', '=', 'notifications').where('state', '=', 'done');
    return { sent: await sent.execute(), done: await done.execute() };
  } finally {
    await db.destroy();
  }
}

/** `<id@domain>` */
const idOf = ({ messageId }: ReceivedMail): string => messageId.slice(1, messageId.indexOf('@'));
