import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { caseAggregate } from '#cases';
import { openEmbeddedEventReader, openEmbeddedEventStore, renameLog } from '#event-store/embedded';
import { recordRestored } from '#event-store/succession';
import { decodeEvent, START, type Position } from '#kernel';
import { rebindOutbox, type OutboxTables } from '#notifications/embedded';
import { erasedKeysIn } from '#privacy';
import { openSqlite } from '#sql';
import { OUTBOX_FILE } from '../../worker/outbox-place.js';
import { verifyLog, type LogReport } from '../verify.js';

const PAGE = 5_000;

/** What a restore must know of the log in a folder: whether its chains hold, and who was erased in which case. */
export interface LogRead {
  readonly report: LogReport;
  readonly head: Position;
  /** Keys that `SubjectErased` names. */
  readonly erased: ReadonlySet<string>;
  /** Keys under which something of a stream stands. */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param ofInterest the keys that are looked for; a log has more than memory could hold */
export async function readLog(folder: string, ofInterest: ReadonlySet<string>): Promise<LogRead> {
  const reader = openEmbeddedEventReader({ folder });
  try {
    const report = await verifyLog(reader);
    const erased = new Set<string>();
    const used = new Map<string, Set<string>>();
    let head = START;
    for (;;) {
      const batch = reader.readAllBatch(head, PAGE);
      if (batch.length === 0) break;
      head = batch.at(-1)!.position;
      for (const stored of batch) {
        const event = decodeEvent(stored, caseAggregate.upcasts);
        if (event === undefined) continue;
        for (const keyId of erasedKeysIn([event])) erased.add(keyId);
        for (const { keyId } of Object.values(event.personal)) {
          if (ofInterest.has(keyId)) used.set(event.stream, (used.get(event.stream) ?? new Set()).add(keyId));
        }
      }
    }
    return { report, head, erased, used };
  } finally {
    await reader.close();
  }
}

/**
 * What is written from now on stands at positions that meant something else in the log that the backup was made of. So the
 * restored one has a name of its own, knows the old one as its predecessor, and takes its outbox along (EVENTS.md 4).
 */
export async function beginAnew(folder: string, head: Position): Promise<void> {
  const before = renameLog({ folder });
  const store = await openEmbeddedEventStore({ folder });
  try {
    await recordRestored(store, before, head);
    if (!existsSync(join(folder, OUTBOX_FILE))) return;
    const outbox = openSqlite<OutboxTables>({ file: join(folder, OUTBOX_FILE) });
    try {
      await rebindOutbox(outbox, (position) => Promise.resolve(position), store.epoch);
    } finally {
      await outbox.destroy();
    }
  } finally {
    await store.close();
  }
}
