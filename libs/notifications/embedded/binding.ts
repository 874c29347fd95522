import type { Kysely } from 'kysely';
import { comparePositions, START, type Position } from '#kernel';
import type { OutboxTables } from './schema.js';

/** The outbox does not belong to this log, or is ahead of it: what it holds must not be mixed with what the log says. */
export class OutboxOfAnotherLog extends Error {
  readonly code = 'OUTBOX_OF_ANOTHER_LOG';

  constructor(reason: string) {
    super(
      `${reason} Stop, put outbox.db aside (on PostgreSQL the tables notice, followed and job), start again: nothing that ` +
        'happened before is sent then, and what was not sent yet is in what was put aside.',
    );
  }
}

/**
 * Ties an outbox to its log. One that is new begins at the log's present end: whatever happened before is told to nobody.
 * @throws OutboxOfAnotherLog also where the log was restored to an earlier state
 */
export async function bindOutbox(
  db: Kysely<OutboxTables>,
  log: { readonly epoch: string; head(): Promise<Position | undefined> },
): Promise<void> {
  const isNew = (await db.selectFrom('followed').select('epoch').executeTakeFirst()) === undefined;
  if (isNew) {
    const head = (await log.head()) ?? START;
    await db
      .insertInto('followed')
      .values({ epoch: log.epoch, ...columnsOf(head) })
      .onConflict((it) => it.column('epoch').doNothing())
      .execute();
  }
  const followed = await db.selectFrom('followed').selectAll().executeTakeFirstOrThrow();
  if (followed.epoch !== log.epoch) throw new OutboxOfAnotherLog('The outbox was made from another event log.');
  // Asked behind the other: somebody else may follow the log meanwhile.
  if (comparePositions(positionOf(followed), (await log.head()) ?? START) > 0) {
    throw new OutboxOfAnotherLog('The outbox has read further than the log goes: the log is of an earlier backup.');
  }
}

/** Has the outbox go on in the log that its own one became, from the place where the event stands there that it read last. */
export async function rebindOutbox(
  db: Kysely<OutboxTables>,
  became: (position: Position) => Promise<Position>,
  epoch: string,
): Promise<void> {
  const followed = await db.selectFrom('followed').selectAll().executeTakeFirst();
  if (followed === undefined || followed.epoch === epoch) return;
  const position = await became(positionOf(followed));
  await db
    .updateTable('followed')
    .set({ epoch, ...columnsOf(position) })
    .execute();
}

export const columnsOf = ({ commit, prepare }: Position): { commit_position: string; prepare_position: string } => ({
  commit_position: String(commit),
  prepare_position: String(prepare),
});

export const positionOf = (row: { readonly commit_position: string; readonly prepare_position: string }): Position => ({
  commit: BigInt(row.commit_position),
  prepare: BigInt(row.prepare_position),
});
