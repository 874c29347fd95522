import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { instant } from '#kernel';
import { KEY, measured, scratchFolder, startEngine, type Child } from './children.js';
import { line } from './report.js';

const CLOCKS = Number(process.env.BENCH_CLOCKS ?? 1_000_000);
const CLOCKS_PER_CASE = 2;
const DUE_AT_ONCE = 1_000;
/** K-1 and K-2.plan of the group's pack. */
const BUDGET_MS = 2 * 86_400_000;
const DAY_MS = 86_400_000;
/** Time to record them, to start the server and to watch it idle, before they fall due. */
const AHEAD_MS = 90_000;
const IDLE_MS = 20_000;
const TICKS_PER_SECOND = 100;
const HEADERS = { authorization: `Bearer ${KEY}` };

/** Seconds of processor time that a process has used, all its threads together. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function read(url: string, path: string): Promise<unknown> {
  const response = await fetch(url + path, { headers: HEADERS });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Follows the feed; resolves with the instant at which the last of so many verdicts arrived. */
async function lastVerdictMs(url: string, count: number): Promise<number> {
  const response = await fetch(`${url}/events/stream?types=DeadlineMissed`, { headers: HEADERS });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = 0;
  for (let rest = ''; seen < count;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the feed ended after ${seen}`);
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    seen += lines.filter((it) => it.startsWith('data:') && it.includes('DeadlineMissed')).length;
  }
  await reader.cancel();
  return Date.now();
}

async function fill(folder: string): Promise<void> {
  if (existsSync(join(folder, 'clocks.json'))) return;
  // Rules that come after the cases would make the view of repeats anew while the start is measured.
  const { server } = await started(folder);
  await server.stop();
  const cases = (CLOCKS - DUE_AT_ONCE) / CLOCKS_PER_CASE;
  const from = instant(Date.now() - DAY_MS);
  await measured('test/bench/fill-clocks.js', [folder, String(cases), from, String(DAY_MS / cases)]);
  await measured('test/bench/rebuild.js', [folder]);
  await caughtUp(folder);
  writeFileSync(join(folder, 'clocks.json'), JSON.stringify({ cases }));
}

/** What the engine does by itself about cases it meets for the first time is done before anything is measured. */
async function caughtUp(folder: string): Promise<void> {
  const { server } = await started(folder);
  try {
    for (;;) {
      const { automations } = (await read(server.url, '/projections')) as {
        automations: { lagChanges: number | null }[];
      };
      if (automations.every(({ lagChanges }) => lagChanges === 0)) return;
      await sleep(1000);
    }
  } finally {
    await server.stop();
  }
}

async function started(folder: string): Promise<{ server: Child; startMs: number }> {
  const from = performance.now();
  const server = await startEngine(folder);
  await read(server.url, '/deadlines?limit=1');
  return { server, startMs: performance.now() - from };
}

/** A million running clocks: how long a start takes, what waiting costs, and how soon a thousand that fall due at once have their verdicts. */
export async function clocks(): Promise<void> {
  const folder = process.env.BENCH_CLOCKS_FOLDER ?? scratchFolder();
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  const dueMs = Math.ceil((Date.now() + AHEAD_MS) / 1000) * 1000;
  const cases = DUE_AT_ONCE / CLOCKS_PER_CASE;
  const recorded = instant(dueMs - BUDGET_MS);
  await measured('test/bench/fill-clocks.js', [folder, String(cases), recorded, String(1000 / cases)]);
  const { server, startMs } = await started(folder);
  try {
    const { next } = (await read(server.url, '/events?after=head')) as { next: string };
    await read(server.url, `/counts?atLeast=${next}`);
    // What was to be warned of meanwhile is settled by then.
    await sleep(Math.max(0, dueMs - IDLE_MS - 5_000 - Date.now()));
    if (Date.now() > dueMs - IDLE_MS) throw new Error('they fell due before the server was watched: raise AHEAD_MS');
    const fromCpu = cpuSeconds(server.pid);
    await sleep(IDLE_MS);
    const idlePercent = ((cpuSeconds(server.pid) - fromCpu) / (IDLE_MS / 1000)) * 100;
    const lastMs = await lastVerdictMs(server.url, DUE_AT_ONCE);
    console.log(
      line({ name: `start with ${CLOCKS} running clocks`, value: startMs / 1000, unit: 's', aim: { atMost: 5 } }),
    );
    console.log(line({ name: 'processor while nothing falls due', value: idlePercent, unit: '%', aim: { atMost: 2 } }));
    const lateS = (lastMs - (dueMs + 1000)) / 1000;
    const name = `${DUE_AT_ONCE} due in one second: last verdict after it`;
    console.log(line({ name, value: lateS, unit: 's', aim: { atMost: 2 } }));
  } finally {
    await server.stop();
    if (process.env.BENCH_CLOCKS_FOLDER === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
