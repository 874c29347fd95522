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
      for (const table of ['followed', 'notice', 'job'] as const) await transaction.deleteFrom(table).execute();
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
  return jobs;
}

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
