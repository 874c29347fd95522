// `npm run bench`: every figure beside its ceiling, measured in the same run. `npm run bench -- commands`, `-- views` … for a part.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bullmq } from './bullmq.js';
import { calendar } from './calendar.js';
import { clocks } from './clocks.js';
import { decide } from './decide.js';
import { measured, scratchFolder } from './children.js';
import { commands } from './commands.js';
import { esdb } from './esdb.js';
import { postgres } from './postgres.js';
import { processes } from './processes.js';
import { line } from './report.js';

const CASES = Number(process.env.BENCH_CASES ?? 122_000);

/** Rebuild of all views, replay of one case, questions to the board, on 1,000,000 events over more than 100,000 cases. */
async function views(): Promise<void> {
  // A folder that is named keeps its dataset for the next run.
  const folder = process.env.BENCH_FOLDER ?? scratchFolder();
  mkdirSync(folder, { recursive: true });
  await measured('test/bench/dataset.js', [folder, String(CASES)]);
  const { cases, events } = JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')) as {
    cases: number;
    events: number;
  };
  const built = await measured<{ ms: number; rssMb: number }>('test/bench/rebuild.js', [folder]);
  const raw = await measured<{ ms: number; sortedMs: number; rows: number; readMs: number; events: number }>(
    'test/bench/raw.js',
    [folder],
  );
  const perSecond = (ms: number): number => (events / ms) * 1000;
  console.log(`${events} events over ${cases} cases, ${raw.rows} rows in all views`);
  console.log(
    line({
      name: 'rebuild of all views',
      value: perSecond(built.ms),
      unit: 'events/s',
      ceiling: { name: 'bare inserts of the same rows and indexes', value: perSecond(raw.ms) },
      aim: { share: 0.5 },
    }),
  );
  console.log(
    line({
      name: 'rebuild of all views',
      value: perSecond(built.ms),
      unit: 'events/s',
      ceiling: { name: 'bare inserts of the same rows, indexes made last', value: perSecond(raw.sortedMs) },
    }),
  );
  console.log(
    line({
      name: 'rebuild of all views',
      value: perSecond(built.ms),
      unit: 'events/s',
      ceiling: { name: 'raw read and parse of the log', value: (raw.events / raw.readMs) * 1000 },
    }),
  );
  console.log(line({ name: 'memory of the rebuild, resident', value: built.rssMb, unit: 'MB', aim: { atMost: 300 } }));
  const reads = await measured<{ replay: number; board: Record<string, number> }>('test/bench/reads.js', [folder]);
  console.log(
    line({
      name: 'as-of replay of a case of 200 events, opened, p50',
      value: reads.replay,
      unit: 'ms',
      aim: { atMost: 5 },
    }),
  );
  for (const [question, ms] of Object.entries(reads.board)) {
    console.log(line({ name: `board, ${question}, p99`, value: ms, unit: 'ms', aim: { atMost: 10 } }));
  }
  if (process.env.BENCH_FOLDER === undefined) rmSync(folder, { recursive: true, force: true });
}

/** how long it takes to find the repeats of a complaint among a million. */
async function repeats(): Promise<void> {
  const complaints = Number(process.env.BENCH_COMPLAINTS ?? 1_000_000);
  const found = await measured<{ p50: number; p99: number; rssMb: number }>('test/bench/repeats.js', [
    String(complaints),
  ]);
  const name = `repeats of a complaint among ${complaints}`;
  console.log(line({ name: `${name}, p50`, value: found.p50, unit: 'ms' }));
  console.log(line({ name: `${name}, p99`, value: found.p99, unit: 'ms', aim: { atMost: 5 } }));
  console.log(line({ name: 'memory of the process, filling included', value: found.rssMb, unit: 'MB' }));
}

/** What-if: every case replayed under the rules as they are and as they might be, both judged to the end of the year. */
async function whatIf(): Promise<void> {
  const count = Number(process.env.BENCH_CASES ?? 100_000);
  const folder = process.env.BENCH_FOLDER ?? scratchFolder();
  mkdirSync(folder, { recursive: true });
  await measured('test/bench/dataset.js', [folder, String(count)]);
  const asked = await measured<{ ms: number; readMs: number; cases: number; differing: number; rssMb: number }>(
    'test/bench/what-if.js',
    [folder, String(count)],
  );
  const perSecond = (ms: number): number => (asked.cases / ms) * 1000;
  const ceiling = { name: 'reading and decoding the same cases', value: perSecond(asked.readMs) };
  const name = `what-if over ${asked.cases} cases, ${asked.differing} of which differ`;
  console.log(line({ name, value: perSecond(asked.ms), unit: 'cases/s', ceiling }));
  console.log(line({ name: 'memory of the process', value: asked.rssMb, unit: 'MB' }));
  if (process.env.BENCH_FOLDER === undefined) rmSync(folder, { recursive: true, force: true });
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  commands,
  views,
  postgres,
  calendar,
  decide,
  clocks,
  esdb,
  repeats,
  bullmq,
  processes,
  'what-if': whatIf,
};
const asked = process.argv.slice(2);
for (const [name, part] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  await part();
}
