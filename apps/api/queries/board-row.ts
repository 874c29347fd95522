import type { BoardItem } from '#views';

/** A row as the console shows it: `occurredAt` when it happened, `receivedAt` when it was taken in (I-3). */
export function rowOf(
  { complainant, missedCount, receivedAt, recordedAt, position: _, ...row }: BoardItem,
  open: boolean,
): object {
  const words = {
    subject: row.subject,
    excerpt: row.excerpt,
    complainantName: complainant,
    externalReference: row.externalReference,
  };
  return {
    ...row,
    ...(open ? words : withheld(words)),
    missed: missedCount,
    occurredAt: receivedAt ?? recordedAt,
    receivedAt: recordedAt,
  };
}

const withheld = (words: Readonly<Record<string, string | null>>): object =>
  Object.fromEntries(Object.entries(words).map(([field, word]) => [field, word === null ? null : { withheld: true }]));
