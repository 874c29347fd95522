import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '#testing';
import { measured, scratchFolder } from './children.js';
import { line } from './report.js';

/** Fewer than on SQLite: the bare upsert alone takes minutes. */
const CASES = Number(process.env.BENCH_POSTGRES_CASES ?? 20_000);
/** As a server is run that must lose nothing; tests' own are lighter. */
export const DURABLE = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  autovacuum: 'on',
  max_wal_size: '2GB',
};

/** The same projections into PostgreSQL on the same machine, and the board's questions asked of it. */
export async function postgres(): Promise<void> {
  const folder = process.env.BENCH_POSTGRES_FOLDER ?? scratchFolder();
  mkdirSync(folder, { recursive: true });
  // PostgreSQL runs as another user and must get through to its own folder.
  chmodSync(folder, 0o755);
  const server = await startPostgres(join(folder, 'postgres'), DURABLE);
  if (!server) return console.log('there is no PostgreSQL here: its figures are left out');
  try {
    await figures(folder, server.url);
  } finally {
    await server.stop();
    if (process.env.BENCH_POSTGRES_FOLDER === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function figures(folder: string, url: string): Promise<void> {
  await measured('test/bench/dataset.js', [folder, String(CASES)]);
  const { cases, events } = JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')) as {
    cases: number;
    events: number;
  };
  const built = await measured<{ ms: number; cpuMs: number }>('test/bench/rebuild.js', [folder, url]);
  const reads = await measured<{ board: Record<string, number> }>('test/bench/reads.js', [folder, url]);
  const raw = await measured<{ ms: number; sortedMs: number; rows: number }>('test/bench/raw-postgres.js', [url]);
  const perSecond = (ms: number): number => (events / ms) * 1000;
  console.log(`${events} events over ${cases} cases, ${raw.rows} rows in all views of PostgreSQL`);
  const rebuild = { name: 'rebuild of all views in PostgreSQL', value: perSecond(built.ms), unit: 'events/s' };
  console.log(
    line({
      ...rebuild,
      ceiling: { name: 'bare multi-row upsert of the same rows and indexes', value: perSecond(raw.ms) },
      aim: { share: 0.5 },
    }),
  );
  console.log(
    line({
      ...rebuild,
      ceiling: { name: 'bare multi-row upsert of the same rows, indexes made last', value: perSecond(raw.sortedMs) },
    }),
  );
  for (const [question, ms] of Object.entries(reads.board)) {
    console.log(line({ name: `board in PostgreSQL, ${question}, p99`, value: ms, unit: 'ms', aim: { atMost: 10 } }));
  }
}
