// The ceilings of a rebuild: `raw.js <folder>` inserts the rows of its views again, as they are, under the same indexes and
// with the indexes made last, and reads and parses its log.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { START } from '#kernel';

const folder = process.argv[2]!;
const CHUNK = 10_000;

/** Only the inserting, committing and indexing is timed, not the reading of the rows to insert. */
function insertAgain({ indexesLast }: { indexesLast: boolean }): { ms: number; cpuMs: number; rows: number } {
  const source = new Database(join(folder, 'views.db'), { readonly: true });
  const file = join(folder, 'bare-views.db');
  const target = new Database(file);
  target.pragma('journal_mode = WAL');
  target.pragma('synchronous = NORMAL');
  target.pragma('secure_delete = ON');
  const schema = source
    .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as { type: string; name: string; sql: string }[];
  const make = (type: 'table' | 'index' | 'view'): void =>
    schema.filter((it) => it.type === type).forEach(({ sql }) => target.exec(sql));
  make('table');
  if (!indexesLast) make('index');
  let ms = 0;
  let cpuMs = 0;
  let rows = 0;
  const timed = (work: () => void): void => {
    const from = performance.now();
    const fromCpu = process.cpuUsage();
    work();
    ms += performance.now() - from;
    const cpu = process.cpuUsage(fromCpu);
    cpuMs += (cpu.user + cpu.system) / 1000;
  };
  for (const { name } of schema.filter(({ type }) => type === 'table')) {
    const columns = source.pragma(`table_info("${name}")`) as unknown[];
    const insert = target.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => '?').join(',')})`);
    let chunk: unknown[][] = [];
    const flush = (): void => {
      timed(() => target.transaction(() => chunk.forEach((row) => insert.run(...row)))());
      rows += chunk.length;
      chunk = [];
    };
    for (const row of source.prepare(`SELECT * FROM "${name}"`).raw().iterate() as Iterable<unknown[]>) {
      chunk.push(row);
      if (chunk.length === CHUNK) flush();
    }
    flush();
  }
  if (indexesLast) timed(() => make('index'));
  target.close();
  source.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  return { ms, cpuMs, rows };
}

async function readAndParse(): Promise<{ readMs: number; events: number }> {
  const reader = await openEmbeddedEventReader({ folder });
  const from = performance.now();
  let position = START;
  let events = 0;
  for (;;) {
    const batch = reader.readTextBatch(position, CHUNK);
    for (const { data, metadata } of batch) {
      JSON.parse(data);
      JSON.parse(metadata);
    }
    events += batch.length;
    if (batch.length < CHUNK) break;
    position = batch.at(-1)!.position;
  }
  const readMs = performance.now() - from;
  await reader.close();
  return { readMs, events };
}

const read = await readAndParse();
const sorted = insertAgain({ indexesLast: true });
console.log(JSON.stringify({ ...insertAgain({ indexesLast: false }), sortedMs: sorted.ms, ...read }));
