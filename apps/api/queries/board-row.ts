import type { Debtor } from '#cases';
import type { BoardItem } from '#views';

/** A row as the console shows it: `occurredAt` when it happened, `receivedAt` when it was taken in (I-3). */
export function rowOf(item: BoardItem, open: boolean, owing: (item: BoardItem) => readonly Debtor[]): object {
  const {
    complainant,
    missedCount,
    receivedAt,
    recordedAt,
    escalatedTo: _to,
    receiver: _by,
    position: _,
    ...row
  } = item;
  const words = {
    subject: row.subject,
    excerpt: row.excerpt,
    complainantName: complainant,
    externalReference: row.externalReference,
  };
  return {
    ...row,
    ...(open ? words : withheld(words)),
    nextDue: row.nextDue && { ...row.nextDue, owedBy: owing(item) },
    missed: missedCount,
    occurredAt: receivedAt ?? recordedAt,
    receivedAt: recordedAt,
  };
}

const withheld = (words: Readonly<Record<string, string | null>>): object =>
  Object.fromEntries(Object.entries(words).map(([field, word]) => [field, word === null ? null : { withheld: true }]));
