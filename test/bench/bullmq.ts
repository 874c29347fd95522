import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { JOB_MIGRATIONS, type JobTables } from '#jobs/embedded';
import { instant, newId } from '#kernel';
import { migrateToLatest, openPostgres } from '#sql';
import { startPostgres, startRedis } from '#testing';
import { measured, scratchFolder } from './children.js';
import { DURABLE } from './postgres.js';
import { line, percentile } from './report.js';

const JOBS = Number(process.env.BENCH_JOBS ?? 100_000);
/** Processes start while nothing is due yet. */
const STARTING_MS = 10_000;

/** Jobs that are due at once, in the ledger of PostgreSQL, carried by BullMQ to two processes; and how soon it goes on after FLUSHALL. */
export async function bullmq(): Promise<void> {
  const folder = scratchFolder();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const postgres = await startPostgres(join(folder, 'postgres'), DURABLE);
  const redis = await startRedis(join(folder, 'redis'));
  try {
    if (!postgres || !redis) console.log('there is no PostgreSQL or no Redis here: these figures are left out');
    else await figures(postgres.url, redis.url);
  } finally {
    await postgres?.stop();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function figures(postgres: string, redis: string): Promise<void> {
  const dueMs = await fill(postgres, JOBS);
  const lags = (await doneBy(2, [postgres, redis, newId().slice(0, 8)])).map((ms) => ms - dueMs);
  const bare = await doneBy(1, [postgres, redis, newId().slice(0, 8), String(JOBS)]);
  const rate = (times: readonly number[], from: number): number => (times.length / (times.at(-1)! - from)) * 1000;
  console.log(`${lags.length} of ${JOBS} jobs due at once, two processes, each of 50 at a time`);
  console.log(line({ name: 'lag behind the due instant, p50', value: percentile(lags, 0.5) / 1000, unit: 's' }));
  console.log(line({ name: 'lag behind the due instant, p99', value: percentile(lags, 0.99) / 1000, unit: 's' }));
  console.log(
    line({
      name: 'jobs done, through ledger and BullMQ',
      value: rate(lags, 0),
      unit: 'jobs/s',
      ceiling: { name: 'BullMQ alone, work that is nothing, one process', value: rate(bare, bare[0]!) },
    }),
  );
  await recovery(postgres, redis);
}

/** The longest time in which nothing was done after Redis was emptied. */
async function recovery(postgres: string, redis: string): Promise<void> {
  const count = Math.ceil(JOBS / 5);
  const dueMs = await fill(postgres, count);
  const admin = new Redis(redis);
  const working = doneBy(2, [postgres, redis, newId().slice(0, 8)]);
  await new Promise((resolve) => setTimeout(resolve, dueMs - Date.now() + 500));
  await admin.flushall();
  const flushedMs = Date.now();
  admin.disconnect();
  const after = (await working).filter((ms) => ms > flushedMs);
  const gaps = after.map((ms, at) => ms - (after[at - 1] ?? flushedMs));
  const name = `FLUSHALL with ${after.length} jobs on their way: the longest pause`;
  console.log(line({ name, value: gaps.reduce((a, b) => Math.max(a, b), 0) / 1000, unit: 's' }));
}

async function doneBy(processes: number, words: readonly string[]): Promise<number[]> {
  const run = () => measured<{ readonly done: readonly number[] }>('test/bench/bullmq-worker.js', [...words]);
  const all = await Promise.all(Array.from({ length: processes }, run));
  return all.flatMap(({ done }) => done).sort((a, b) => a - b);
}

/** @returns when all of them are due */
async function fill(url: string, count: number): Promise<number> {
  const db = openPostgres<JobTables>({ url });
  await migrateToLatest(db, JOB_MIGRATIONS, 'outbox_migration');
  await db.deleteFrom('job').execute();
  const ids = Array.from({ length: count }, () => newId());
  const dueMs = Date.now() + STARTING_MS + count / 10;
  const at = instant(dueMs);
  for (let from = 0; from < count; from += 1000) {
    const row = {
      queue: 'bench',
      data: '{}',
      due_at: at,
      carry_at: at,
      state: 'waiting',
      failures: 0,
      last_error: null,
    };
    await db
      .insertInto('job')
      .values(ids.slice(from, from + 1000).map((id) => ({ ...row, id, state: 'waiting' as const })))
      .execute();
  }
  await db.destroy();
  return dueMs;
}
