import type { Kysely, Selectable } from 'kysely';
import type { JobTables } from '#jobs/embedded';
import type { Position } from '#kernel';
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
    const isThere = await holdsOutboxOf(target, log.epoch);
    const jobs = !isThere ? await copy(source, target, log, before) : 0;
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

/** To be asked before keys are moved: what is refused then would leave them in a place that is not theirs. @throws CliError OUTBOX_NOT_EMPTY */
export async function refuseOtherOutbox(place: VaultPlace, epoch: string): Promise<void> {
  const target = await openOutbox(place);
  try {
    await holdsOutboxOf(target, epoch);
  } finally {
    await target.destroy();
  }
}

/** Whether the log's outbox is there. @throws CliError OUTBOX_NOT_EMPTY where another log's is */
async function holdsOutboxOf(target: OutboxDatabase, epoch: string): Promise<boolean> {
  const known = await target.selectFrom('followed').select('epoch').executeTakeFirst();
  if (known !== undefined && known.epoch !== epoch)
    throw new CliError(
      'OUTBOX_NOT_EMPTY: the place where the outbox is to go holds that of another log: name an empty database.',
    );
  return known !== undefined;
}

/** In one transaction: whoever looks sees nothing, or all of it in the new log. */
const copy = (source: OutboxDatabase, target: OutboxDatabase, log: EventReader, before: string): Promise<number> =>
  target.transaction().execute(async (transaction) => {
    const jobs = await copyOutbox(source, transaction);
    await belongTo(transaction, log, before);
    return jobs;
  });

/** Copies all rows, page by page. @returns how many of them are jobs */
export async function copyOutbox(source: OutboxDatabase, target: OutboxDatabase): Promise<number> {
  const followed = await source.selectFrom('followed').selectAll().execute();
  if (followed.length > 0) await target.insertInto('followed').values(followed).execute();
  for await (const rows of pagesOf(source, 'notice')) await target.insertInto('notice').values(rows).execute();
  let jobs = 0;
  for await (const rows of pagesOf(source, 'job')) {
    await target.insertInto('job').values(rows).execute();
    jobs += rows.length;
  }
  await copyLongJobs(source, target);
  return jobs;
}

/** What they work on may be large: piece by piece. */
async function copyLongJobs(source: OutboxDatabase, target: OutboxDatabase): Promise<void> {
  const longJobs = await source.selectFrom('long_job').selectAll().execute();
  for (let at = 0; at < longJobs.length; at += BATCH) {
    await target
      .insertInto('long_job')
      .values(longJobs.slice(at, at + BATCH))
      .execute();
  }
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

/** Has a copied outbox go on in the log that its own one, `before`, became. @throws CliError OUTBOX_OF_ANOTHER_LOG */
export async function belongTo(outbox: OutboxDatabase, log: EventReader, before: string): Promise<void> {
  const predecessors = new Predecessors(log);
  const became = async (position: Position) => {
    const now = await predecessors.translate(before, position);
    if (typeof now === 'string') throw new CliError('OUTBOX_OF_ANOTHER_LOG: the outbox is not that of this log.');
    return now;
  };
  await rebindOutbox(outbox as unknown as Kysely<OutboxTables>, became, log.epoch);
}

async function* pagesOf<T extends 'notice' | 'job'>(
  source: OutboxDatabase,
  table: T,
): AsyncGenerator<Selectable<(OutboxTables & JobTables)[T]>[]> {
  for (let after = ''; ;) {
    const page = await source
      .selectFrom(table as 'job')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    if (page.length === 0) return;
    yield page as unknown as Selectable<(OutboxTables & JobTables)[T]>[];
    after = page.at(-1)!.id;
  }
}
