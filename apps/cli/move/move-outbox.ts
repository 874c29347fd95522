import type { Kysely } from 'kysely';
import { rebindOutbox, type OutboxTables } from '#notifications/embedded';
import type { EventReader } from '#event-store';
import { Predecessors } from '#event-store/succession';
import { openOutbox, type OutboxDatabase } from '../../worker/outbox-place.js';
import type { VaultPlace } from '../../worker/vault-place.js';
import { CliError } from '../client.js';

const BATCH = 500;
/** Of a quarter of a megabyte each. */
const PIECES = 16;

export interface OutboxMove {
  readonly from: VaultPlace;
  readonly to: VaultPlace;
  /** The log as it is now: it knows where the events of the old one stand. */
  readonly log: EventReader;
  readonly before: string;
}

/**
 * Takes along who is to be told of what, and what is still to be done: it goes on behind the event that it had read last.
 * Called again it goes on where it was. @returns how many jobs
 */
export async function moveOutbox({ from, to, log, before }: OutboxMove): Promise<number> {
  const [source, target] = [await openOutbox(from), await openOutbox(to)];
  try {
    const followed = await source.selectFrom('followed').selectAll().executeTakeFirst();
    if (followed === undefined) return 0;
    const known = await target.selectFrom('followed').select('epoch').executeTakeFirst();
    if (known !== undefined && known.epoch !== log.epoch)
      throw new CliError('OUTBOX_NOT_EMPTY: the place where the outbox is to go holds that of another log.');
    const jobs = known === undefined ? await copy(source, target, log, before) : 0;
    await source.transaction().execute(async (transaction) => {
      for (const table of ['followed', 'notice', 'job', 'long_job', 'long_job_piece'] as const)
        await transaction.deleteFrom(table).execute();
    });
    return jobs;
  } finally {
    await source.destroy();
    await target.destroy();
  }
}

/** In one transaction: whoever looks sees nothing, or all of it in the new log. */
const copy = (source: OutboxDatabase, target: OutboxDatabase, log: EventReader, before: string): Promise<number> =>
  target.transaction().execute(async (transaction) => {
    const followed = await source.selectFrom('followed').selectAll().execute();
    const notices = await source.selectFrom('notice').selectAll().execute();
    const jobs = await source.selectFrom('job').selectAll().execute();
    await transaction.insertInto('followed').values(followed).execute();
    for (const rows of batches(notices)) await transaction.insertInto('notice').values(rows).execute();
    for (const rows of batches(jobs)) await transaction.insertInto('job').values(rows).execute();
    await copyLongJobs(source, transaction);
    const predecessors = new Predecessors(log);
    const became = async (position: { commit: bigint; prepare: bigint }) => {
      const now = await predecessors.translate(before, position);
      if (typeof now === 'string') throw new CliError('OUTBOX_OF_ANOTHER_LOG: the outbox is not that of this log.');
      return now;
    };
    await rebindOutbox(transaction as unknown as Kysely<OutboxTables>, became, log.epoch);
    return jobs.length;
  });

/** What they work on may be large: piece by piece. */
async function copyLongJobs(source: OutboxDatabase, target: OutboxDatabase): Promise<void> {
  const longJobs = await source.selectFrom('long_job').selectAll().execute();
  for (const rows of batches(longJobs)) await target.insertInto('long_job').values(rows).execute();
  for (const { id } of longJobs) {
    const pieces = source.selectFrom('long_job_piece').selectAll().where('job_id', '=', id);
    for (let at = 0; ; at += PIECES) {
      const rows = await pieces.orderBy('name').orderBy('n').offset(at).limit(PIECES).execute();
      if (rows.length === 0) break;
      await target.insertInto('long_job_piece').values(rows.map(bare)).execute();
    }
  }
}

/** A database may hand bytes over in a wrapping of its own. */
const bare = <T extends { readonly bytes: Uint8Array }>(row: T): T => ({ ...row, bytes: Buffer.from(row.bytes) });

function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += BATCH) yield rows.slice(at, at + BATCH);
}
