import type { Kysely, Selectable } from 'kysely';
import type { Instant, JsonObject } from '#kernel';
import type { Job, Jobs, JobState, NewJob } from '../port.js';
import type { JobTable, JobTables } from './schema.js';

/** The ledger of jobs in SQL tables of one process. */
export class SqlJobs implements Jobs {
  constructor(private readonly db: Kysely<JobTables>) {}

  async add({ id, queue, data, dueAt }: NewJob): Promise<void> {
    await this.db
      .insertInto('job')
      .values({
        id,
        queue,
        data: JSON.stringify(data),
        due_at: dueAt,
        state: 'waiting',
        failures: 0,
        last_error: null,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async due(queue: string, at: Instant, limit: number): Promise<readonly Job[]> {
    const rows = await this.in(queue, 'waiting')
      .where('due_at', '<=', at)
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(jobOf);
  }

  async nextDue(queue: string): Promise<Instant | undefined> {
    return (await this.in(queue, 'waiting').orderBy('due_at').limit(1).executeTakeFirst())?.due_at;
  }

  async done(id: string): Promise<void> {
    await this.db.updateTable('job').set({ state: 'done' }).where('id', '=', id).execute();
  }

  async failed(id: string, { error, retryAt }: { error: string; retryAt?: Instant }): Promise<void> {
    await this.db
      .updateTable('job')
      .set((at) => ({
        failures: at('failures', '+', 1),
        last_error: error,
        ...(retryAt === undefined ? { state: 'dead' as const } : { due_at: retryAt }),
      }))
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .execute();
  }

  async revive(id: string, dueAt: Instant): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('job')
      .set({ state: 'waiting', failures: 0, due_at: dueAt })
      .where('id', '=', id)
      .where('state', '=', 'dead')
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async get(id: string): Promise<Job | undefined> {
    const row = await this.db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
    return row && jobOf(row);
  }

  async list(queue: string, state: JobState, limit: number): Promise<readonly Job[]> {
    return (await this.in(queue, state).orderBy('due_at', 'desc').orderBy('id').limit(limit).execute()).map(jobOf);
  }

  private in(queue: string, state: JobState) {
    return this.db.selectFrom('job').selectAll().where('queue', '=', queue).where('state', '=', state);
  }
}

const jobOf = ({ due_at: dueAt, data, last_error, ...row }: Selectable<JobTable>): Job => ({
  ...row,
  data: JSON.parse(data) as JsonObject,
  dueAt,
  ...(last_error !== null && { lastError: last_error }),
});
