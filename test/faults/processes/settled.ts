import type { Kysely } from 'kysely';
import type { JobTables } from '#jobs/embedded';
import type { OutboxTables } from '#notifications/embedded';
import { openPostgres } from '#sql';
import { dueBefore, type ViewsSchema } from '#views';
import type { Fleet } from './fleet.js';

type Database = Kysely<ViewsSchema & OutboxTables & JobTables>;

/**
 * Waits until the views have seen everything, nothing is due any more and no job is left anywhere. Time goes on meanwhile: what failed
 * is tried again after a rest.
 * @throws Error with what is left when the patience is at its end
 */
export async function settled(fleet: Fleet, patienceMs: number): Promise<void> {
  const db: Database = openPostgres({ url: fleet.services.postgres.url, connections: 1 });
  try {
    for (const untilMs = Date.now() + patienceMs; ;) {
      await fleet.post('/test-clock', { advanceMs: 10_000 });
      const left = await leftUndone(fleet, db);
      if (left.length === 0) return;
      if (Date.now() > untilMs) throw new Error(`not settled: ${left.slice(0, 10).join('; ')}`);
    }
  } finally {
    await db.destroy();
  }
}

async function leftUndone(fleet: Fleet, db: Database): Promise<string[]> {
  const head = (await fleet.get('/events?after=head')).body.next as string;
  const { status } = await fleet.get(`/counts?atLeast=${head}`);
  const { now } = (await fleet.get('/clock')).body as { now: string };
  const due = await dueBefore(db as unknown as Kysely<ViewsSchema>, now, 1);
  const left = [...(await notices(db, now)), ...(await jobs(db)), ...(await fleet.services.jobsInRedis())];
  const then = (await fleet.get('/events?after=head')).body.next as string;
  return [
    ...(status === 200 ? [] : [`the views are behind (${status})`]),
    ...due.map(({ caseId, at }) => `case ${caseId} is due since ${at}`),
    ...left,
    ...(then === head ? [] : [`the log goes on behind ${head}`]),
  ];
}

/** Notices that are due without a message, and messages that were not sent. */
async function notices(db: Database, now: string): Promise<string[]> {
  const rows = await db
    .selectFrom('notice')
    .select(['id', 'state'])
    .where((it) => it.or([it('state', '=', 'sealed'), it.and([it('state', '=', 'waiting'), it('due_at', '<=', now)])]))
    .execute();
  return rows.map(({ id, state }) => `notice ${id} is ${state}`);
}

async function jobs(db: Database): Promise<string[]> {
  const rows = await db.selectFrom('job').select(['id', 'state', 'last_error']).where('state', '!=', 'done').execute();
  return rows.map(({ id, state, last_error }) => `job ${id} is ${state} (${last_error ?? 'no failure'})`);
}
