import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Instant, JsonObject } from '#kernel';
import {
  INPUT,
  RunOver,
  type LongJob,
  type LongJobs,
  type LongRun,
  type NewLongJob,
  type Piece,
} from '../long-jobs.js';
import type { JobTables, LongJobTable } from './schema.js';
import { SqlJobs } from './sql-jobs.js';

const UNFINISHED = ['waiting', 'running'] as const;

type Row = Selectable<LongJobTable> & { readonly job_state: string | null; readonly last_error: string | null };
type Over = { readonly finishedAt: Instant; readonly expiresAt: Instant };

/** Long jobs in the database of the ledger of jobs. */
export class SqlLongJobs implements LongJobs {
  constructor(private readonly db: Kysely<JobTables>) {}

  async create({ id, kind, order, inputKey, resultKey, createdAt, expiresAt }: NewLongJob): Promise<void> {
    await this.db
      .insertInto('long_job')
      .values({
        ...{ id, kind, job_order: JSON.stringify(order), input_key: inputKey, result_key: resultKey },
        ...{ state: 'awaiting_input', run: 0, progress: '{}' },
        ...{ created_at: createdAt, finished_at: null, expires_at: expiresAt },
      })
      .execute();
  }

  put(id: string, piece: Piece): Promise<void> {
    return put(this.db, id, piece);
  }

  release(id: string, order: JsonObject, dueAt: Instant): Promise<boolean> {
    return this.db.transaction().execute(async (trx) => {
      const released = await trx
        .updateTable('long_job')
        .set({ state: 'waiting', job_order: JSON.stringify(order) })
        .where('id', '=', id)
        .where('state', '=', 'awaiting_input')
        .returning('kind')
        .executeTakeFirst();
      if (released === undefined) return false;
      await new SqlJobs(trx).add({ id, queue: released.kind, data: {}, dueAt });
      return true;
    });
  }

  async get(id: string): Promise<LongJob | undefined> {
    const row = await rows(this.db).where('long_job.id', '=', id).executeTakeFirst();
    return row && longJobOf(row);
  }

  async list(kind: string, limit: number): Promise<readonly LongJob[]> {
    const found = await rows(this.db)
      .where('kind', '=', kind)
      .orderBy('created_at', 'desc')
      .orderBy('long_job.id')
      .limit(limit)
      .execute();
    return found.map(longJobOf);
  }

  async begin(id: string): Promise<LongRun | undefined> {
    const begun = await this.db
      .updateTable('long_job')
      .set((it) => ({ state: 'running', run: it('run', '+', 1) }))
      .where('id', '=', id)
      .where('state', 'in', UNFINISHED)
      .returning('run')
      .executeTakeFirst();
    const job = begun && (await this.get(id));
    return job && { job, run: begun.run };
  }

  checkpoint(run: LongRun, progress: JsonObject, pieces: readonly Piece[]): Promise<void> {
    return this.db.transaction().execute(async (trx) => {
      await owned(trx, run, { progress: JSON.stringify(progress) });
      for (const piece of pieces) await put(trx, run.job.id, piece);
    });
  }

  finish(run: LongRun, progress: JsonObject, { finishedAt, expiresAt }: Over): Promise<void> {
    return this.db.transaction().execute(async (trx) => {
      const over = { state: 'done', finished_at: finishedAt, expires_at: expiresAt } as const;
      await owned(trx, run, { ...over, progress: JSON.stringify(progress) });
      await dropInput(trx, run.job.id);
    });
  }

  cancel(id: string, { finishedAt, expiresAt }: Over): Promise<boolean> {
    return this.db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('long_job')
        .set((it) => ({ state: 'cancelled', run: it('run', '+', 1), finished_at: finishedAt, expires_at: expiresAt }))
        .where('id', '=', id)
        .where('state', 'in', ['awaiting_input', ...UNFINISHED])
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await dropInput(trx, id);
      // One that waits or is in hand is ended by who takes it; one that was given up is in nobody's hands.
      await trx.updateTable('job').set({ state: 'done' }).where('id', '=', id).where('state', '=', 'dead').execute();
      return true;
    });
  }

  async keepUntil(id: string, expiresAt: Instant): Promise<void> {
    await this.db.updateTable('long_job').set({ expires_at: expiresAt }).where('id', '=', id).execute();
  }

  async *pieces(id: string, name: string): AsyncGenerator<Buffer> {
    for (let n = 0; ; n++) {
      const piece = await this.db
        .selectFrom('long_job_piece')
        .select('bytes')
        .where('job_id', '=', id)
        .where('name', '=', name)
        .where('n', '=', n)
        .executeTakeFirst();
      if (piece === undefined) return;
      // A worker thread hands over bare bytes.
      yield Buffer.from(piece.bytes.buffer, piece.bytes.byteOffset, piece.bytes.byteLength);
    }
  }

  async expired(at: Instant, limit: number): Promise<readonly LongJob[]> {
    const found = await forgettable(this.db).where('expires_at', '<=', at).orderBy('expires_at').limit(limit).execute();
    return found.map(longJobOf);
  }

  async nextExpiry(): Promise<Instant | undefined> {
    return (await forgettable(this.db).orderBy('expires_at').limit(1).executeTakeFirst())?.expires_at;
  }

  async remove(id: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('long_job_piece').where('job_id', '=', id).execute();
      await trx.deleteFrom('long_job').where('id', '=', id).execute();
      await trx.deleteFrom('job').where('id', '=', id).execute();
    });
  }
}

/** With what the ledger says of their jobs. */
const rows = (db: Kysely<JobTables>) =>
  db
    .selectFrom('long_job')
    .leftJoin('job', 'job.id', 'long_job.id')
    .selectAll('long_job')
    .select(['job.state as job_state', 'job.last_error']);

/** Those that nobody works on and nobody will. */
const forgettable = (db: Kysely<JobTables>) =>
  rows(db).where((it) =>
    it.or([it('long_job.state', 'not in', UNFINISHED), it(sql`coalesce(job.state, 'dead')`, '=', 'dead')]),
  );

async function put(db: Kysely<JobTables>, jobId: string, { name, n, bytes }: Piece): Promise<void> {
  await db
    .insertInto('long_job_piece')
    .values({ job_id: jobId, name, n, bytes })
    .onConflict((conflict) => conflict.columns(['job_id', 'name', 'n']).doUpdateSet({ bytes }))
    .execute();
}

/** The number of the run is compared in the transaction that writes (DESIGN "Leases"). */
async function owned(
  trx: Transaction<JobTables>,
  { job, run }: LongRun,
  change: Partial<Selectable<LongJobTable>>,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('long_job')
    .set(change)
    .where('id', '=', job.id)
    .where('run', '=', run)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new RunOver();
}

async function dropInput(trx: Transaction<JobTables>, id: string): Promise<void> {
  await trx.deleteFrom('long_job_piece').where('job_id', '=', id).where('name', 'like', `${INPUT}%`).execute();
}

const longJobOf = (row: Row): LongJob => ({
  id: row.id,
  kind: row.kind,
  order: JSON.parse(row.job_order) as JsonObject,
  inputKey: row.input_key,
  resultKey: row.result_key,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  state: row.job_state === 'dead' ? 'failed' : row.state,
  progress: JSON.parse(row.progress) as JsonObject,
  ...(row.finished_at !== null && { finishedAt: row.finished_at }),
  ...(row.last_error !== null && row.finished_at === null && { lastError: row.last_error }),
});
