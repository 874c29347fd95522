import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openEmbeddedEventReader, openEmbeddedEventStore } from '#event-store/embedded';
import type { RecordedCaseEvent } from '#cases';
import { verifyLog } from '../../apps/cli/verify.js';
import { casesOf } from './desk.js';

const APPS = join(import.meta.dirname, '../../apps');
const CASES = 1_000;
const BROKEN_LINE = 502;
/** Processes start several times over, and the machine may have other things to do. */
const TIMEOUT_MS = 240_000;

let root: string;
let source: string;
let whole: readonly string[];
let children: ChildProcess[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'redress-interrupted-'));
  source = join(root, 'requests.csv');
  writeFileSync(source, requests());
  whole = await wholeImport();
}, TIMEOUT_MS);
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  children = [];
});
afterAll(() => rmSync(root, { recursive: true }));

/** Invented requests as the Boston mapping reads them, with one row among them that cannot be taken. */
function requests(): string {
  const header =
    'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_reason,case_title,reason,type,queue,department,location,neighborhood,source';
  const rows = Array.from({ length: CASES }, (_, at) => {
    const day = `2024-03-${String((at % 27) + 1).padStart(2, '0')}`;
    const closed = at % 3 === 0 ? [`${day} 15:00:00`, 'ONTIME', 'Closed'] : ['', 'OVERDUE', 'Open'];
    const told = ['Mended', `Lamp ${at} is out`, 'Lights', 'Lamp', 'Q', 'PWD', 'Elm St', 'North', 'Self Service'];
    return [100_000 + at, `${day} 08:00:00`, `${day} 20:00:00`, ...closed, ...told].join(',');
  });
  rows.splice(BROKEN_LINE - 2, 0, 'half a row');
  return `${[header, ...rows].join('\n')}\n`;
}

function run(app: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const { REDRESS_DATA: _data, REDRESS_ADMIN_KEY: _key, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(APPS, app), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, NODE_OPTIONS: '', ...environment },
  });
  children.push(child);
  return child;
}

const importing = (folder: string): ChildProcess =>
  run('cli/main.js', ['import', source, '--mapping', 'boston-311', '--data', folder, '--report', reportFile()]);
const reportFile = (): string => join(root, 'report.csv');

async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = '';
  child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, said };
}

async function serving(folder: string): Promise<ChildProcess> {
  const server = run('api/main.js', [], { PORT: '0', REDRESS_DATA: folder, REDRESS_LOG_LEVEL: 'silent' });
  server.stderr!.resume();
  for await (const line of createInterface({ input: server.stdout! })) if (line.includes('"listening"')) break;
  server.stdout!.resume();
  return server;
}

/** An empty log, so that it can be followed before anything is written. */
async function emptyFolder(name: string): Promise<string> {
  const folder = join(root, name);
  await (await openEmbeddedEventStore({ folder })).close();
  return folder;
}

/** Kills a process as soon as the log of the folder has grown by so many events; each write of its files is looked at. */
async function killedAfter(victim: ChildProcess, folder: string, events: number): Promise<void> {
  const reader = openEmbeddedEventReader({ folder });
  const from = await reader.head();
  const wanted = from === undefined ? events : events + 1;
  const isGone = once(victim, 'exit');
  const watching = new AbortController();
  void isGone.then(() => watching.abort());
  try {
    for await (const _change of watch(folder, { signal: watching.signal })) {
      if ((await reader.readAll({ from: from ?? 'start', maxCount: wanted })).length >= wanted) break;
    }
  } catch (error) {
    if (!watching.signal.aborted) throw error;
  }
  victim.kill('SIGKILL');
  await isGone;
  await reader.close();
  expect(victim.signalCode).toBe('SIGKILL');
}

/** What the cases tell, without what is random: ids, keys, and when it was recorded. */
async function told(folder: string): Promise<string[]> {
  const reader = openEmbeddedEventReader({ folder });
  try {
    expect((await verifyLog(reader)).faults).toEqual([]);
    const tale = (events: readonly RecordedCaseEvent[]) =>
      events.map(({ type, data, meta }) => {
        const { parties: _parties, groundId: _ground, at: _at, ...said } = data as Record<string, unknown>;
        return type === 'TakenOver' ? [type, meta.historical] : [type, said, meta.occurredAt, meta.historical];
      });
    return (await casesOf(reader)).map((events) => JSON.stringify(tale(events))).sort();
  } finally {
    await reader.close();
  }
}

async function wholeImport(): Promise<string[]> {
  const folder = await emptyFolder('whole');
  const { code, said } = await ended(importing(folder));
  expect([code, said]).toEqual([0, expect.stringContaining(`${CASES} cases imported, 0 known already, 0 refused`)]);
  expect(said).toContain('1 rows rejected');
  return told(folder);
}

/** The last run says how much of it the killed ones had left. */
async function completed(folder: string): Promise<number> {
  rmSync(reportFile(), { force: true });
  const { code, said } = await ended(importing(folder));
  const [, imported, known] = /(\d+) cases imported, (\d+) known already, 0 refused/.exec(said)!.map(Number);
  expect([code, imported! + known!]).toEqual([0, CASES]);
  expect(readFileSync(reportFile(), 'utf8')).toContain(`\r\n${BROKEN_LINE},COLUMNS_DIFFER,`);
  expect(known).toBeGreaterThan(0);
  return imported!;
}

test(
  'a command line that is killed in the middle, twice, and run again has imported exactly the same',
  async () => {
    const folder = await emptyFolder('stopped');
    for (const events of [1, 500]) await killedAfter(importing(folder), folder, events);
    expect(await completed(folder)).toBeGreaterThan(0);
    expect(await told(folder)).toEqual(whole);
    expect(await completed(folder)).toBe(0);
  },
  TIMEOUT_MS,
);

test(
  'a server that is killed under an import: the command line says so, and the next run completes it',
  async () => {
    const folder = await emptyFolder('served');
    const server = await serving(folder);
    const interrupted = ended(importing(folder));
    await killedAfter(server, folder, 900);
    const { code, said } = await interrupted;
    expect(code).toBe(1);
    expect(said).toMatch(/does not answer|broke off/);
    expect(said).not.toMatch(/\n\s+at /);
    const again = await serving(folder);
    expect(await completed(folder)).toBeGreaterThan(0);
    expect(await completed(folder)).toBe(0);
    again.kill('SIGTERM');
    await once(again, 'exit');
    expect(await told(folder)).toEqual(whole);
  },
  TIMEOUT_MS,
);
