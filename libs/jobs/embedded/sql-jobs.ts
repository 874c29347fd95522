import { type Kysely, type Selectable } from 'kysely';
import { plusMs, type Instant, type JsonObject } from '#kernel';
import type { Carried, Job, JobCount, JobFilter, Jobs, NewJob, TakenJob } from '../port.js';
import { isSqlite, type JobTable, type JobTables } from './schema.js';
import { takingOf, type TakenRow, type Taking } from './taking.js';

/** The ledger of jobs in SQL tables: of one process on SQLite, of all who share the database on PostgreSQL. */
export class SqlJobs implements Jobs {
  private readonly taking: Taking;

  constructor(private readonly db: Kysely<JobTables>) {
    this.taking = takingOf(db);
  }

  async add({ id, queue, data, dueAt }: NewJob): Promise<void> {
    await this.db
      .insertInto('job')
      .values({
        id,
        queue,
        data: JSON.stringify(data),
        due_at: dueAt,
        carry_at: dueAt,
        state: 'waiting',
        failures: 0,
        last_error: null,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async take(queue: string, at: Instant): Promise<TakenJob | undefined> {
    const taken = await this.taking.take((db) =>
      waiting(db, queue).where('due_at', '<=', at).orderBy('due_at').orderBy('id'),
    );
    return taken && takenJob(taken);
  }

  async takeCarried(queue: string, { id, dueAt }: Carried): Promise<TakenJob | undefined> {
    const taken = await this.taking.takeOne(id, (db) =>
      waiting(db, queue).where('id', '=', id).where('due_at', '=', dueAt),
    );
    return taken && takenJob(taken);
  }

  async nextDue(queue: string): Promise<Instant | undefined> {
    return (await waiting(this.db, queue).orderBy('due_at').limit(1).executeTakeFirst())?.due_at;
  }

  async carry(queue: string, at: Instant, again: Instant, limit: number): Promise<readonly Carried[]> {
    const due = waiting(this.db, queue).where('carry_at', '<=', at).orderBy('carry_at').limit(limit);
    // What is locked is being carried by another process.
    const free = isSqlite(this.db) ? due : due.forUpdate().skipLocked();
    const rows = await this.db
      .with('free', () => free)
      .updateTable('job')
      .set({ carry_at: again })
      .where('id', 'in', (it) => it.selectFrom('free').select('id'))
      .returning(['id', 'due_at'])
      .execute();
    return rows.sort((a, b) => (a.due_at < b.due_at ? -1 : 1)).map(({ id, due_at: dueAt }) => ({ id, dueAt }));
  }

  async nextCarry(queue: string): Promise<Instant | undefined> {
    return (await waiting(this.db, queue).orderBy('carry_at').limit(1).executeTakeFirst())?.carry_at;
  }

  async carryAnew(queue: string): Promise<void> {
    await this.db
      .updateTable('job')
      .set((it) => ({ carry_at: it.ref('due_at') }))
      .where('queue', '=', queue)
      .where('state', '=', 'waiting')
      .whereRef('carry_at', '>', 'due_at')
      .execute();
  }

  async revive(id: string, dueAt: Instant): Promise<boolean> {
    const { numUpdatedRows } = await reviving(this.db, dueAt).where('id', '=', id).executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async reviveAll(queue: string | undefined, dueAt: Instant): Promise<number> {
    const dead = reviving(this.db, dueAt);
    const { numUpdatedRows } = await (queue === undefined ? dead : dead.where('queue', '=', queue)).executeTakeFirst();
    return Number(numUpdatedRows);
  }

  async get(id: string): Promise<Job | undefined> {
    const row = await this.db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
    return row && jobOf(row);
  }

  async getAll(ids: readonly string[]): Promise<readonly Job[]> {
    if (ids.length === 0) return [];
    return (await this.db.selectFrom('job').selectAll().where('id', 'in', ids).execute()).map(jobOf);
  }

  async list({ queue, state }: JobFilter, limit: number): Promise<readonly Job[]> {
    let query = this.db.selectFrom('job').selectAll();
    if (queue !== undefined) query = query.where('queue', '=', queue);
    if (state !== undefined) query = query.where('state', '=', state);
    return (await query.orderBy('due_at', 'desc').orderBy('id').limit(limit).execute()).map(jobOf);
  }

  async counts(): Promise<readonly JobCount[]> {
    const rows = await this.db
      .selectFrom('job')
      .select(['queue', 'state', ({ fn }) => fn.countAll<number>().as('count')])
      .where('state', 'in', ['waiting', 'dead'])
      .groupBy(['queue', 'state'])
      .orderBy('queue')
      .orderBy('state')
      .execute();
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }
}

const waiting = (db: Kysely<JobTables>, queue: string) =>
  db.selectFrom('job').selectAll().where('queue', '=', queue).where('state', '=', 'waiting');

const reviving = (db: Kysely<JobTables>, dueAt: Instant) =>
  db
    .updateTable('job')
    .set({ state: 'waiting', failures: 0, due_at: dueAt, carry_at: dueAt })
    .where('state', '=', 'dead');

const takenJob = ({ row, write }: TakenRow): TakenJob => ({
  job: jobOf(row),
  done: () => write((db) => db.updateTable('job').set({ state: 'done' }).where('id', '=', row.id).execute()),
  failed: ({ error, retryAt }) =>
    write((db) =>
      db
        .updateTable('job')
        .set((it) => ({
          failures: it('failures', '+', 1),
          last_error: error,
          ...(retryAt === undefined ? { state: 'dead' as const } : { due_at: retryAt, carry_at: retryAt }),
        }))
        .where('id', '=', row.id)
        .execute(),
    ),
  // As another one, or the run that is just ending would stand in its way; earlier is due, whatever the clock says.
  putDown: () => {
    const dueAt = plusMs(row.due_at, -1);
    return write((db) =>
      db.updateTable('job').set({ due_at: dueAt, carry_at: dueAt }).where('id', '=', row.id).execute(),
    );
  },
});

const jobOf = ({ due_at: dueAt, carry_at: _, data, last_error, ...row }: Selectable<JobTable>): Job => ({
  ...row,
  data: JSON.parse(data) as JsonObject,
  dueAt,
  ...(last_error !== null && { lastError: last_error }),
});
