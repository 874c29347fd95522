// The ceilings of a rebuild: `raw.js <folder>` inserts the rows of its views again, as they are, under the same indexes, and
// reads and parses its log.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { START } from '#kernel';

const folder = process.argv[2]!;
const CHUNK = 10_000;

/** Only the inserting and committing is timed, not the reading of the rows to insert. */
function insertAgain(): { ms: number; cpuMs: number; rows: number } {
  const source = new Database(join(folder, 'views.db'), { readonly: true });
  const file = join(folder, 'bare-views.db');
  const target = new Database(file);
  target.pragma('journal_mode = WAL');
  target.pragma('synchronous = NORMAL');
  target.pragma('secure_delete = ON');
  const schema = source
    .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as { type: string; name: string; sql: string }[];
  for (const { sql } of [...schema].sort((a, b) => (a.type === 'table' ? 0 : 1) - (b.type === 'table' ? 0 : 1)))
    target.exec(sql);
  let ms = 0;
  let cpuMs = 0;
  let rows = 0;
  for (const { name } of schema.filter(({ type }) => type === 'table')) {
    const columns = source.pragma(`table_info("${name}")`) as unknown[];
    const insert = target.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => '?').join(',')})`);
    let chunk: unknown[][] = [];
    const flush = (): void => {
      const from = performance.now();
      const fromCpu = process.cpuUsage();
      target.transaction(() => chunk.forEach((row) => insert.run(...row)))();
      ms += performance.now() - from;
      const cpu = process.cpuUsage(fromCpu);
      cpuMs += (cpu.user + cpu.system) / 1000;
      rows += chunk.length;
      chunk = [];
    };
    for (const row of source.prepare(`SELECT * FROM "${name}"`).raw().iterate() as Iterable<unknown[]>) {
      chunk.push(row);
      if (chunk.length === CHUNK) flush();
    }
    flush();
  }
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
console.log(JSON.stringify({ ...insertAgain(), ...read }));
