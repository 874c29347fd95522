// Detection of repeats among many complaints, in the engine's own view: `repeats.js <complaints>`. Keys as a year of a large group has
// them: about 80 complaints of a project and category a year, so about seven a month.
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { sql } from 'kysely';
import { KeepRepeats, type Finding } from '#automations';
import { instant, SystemClock } from '#kernel';
import { groupPack, RepeatRules } from '#policy';
import { openSqlite, openSqliteWriter } from '#sql';
import { casesKeyed, casesOfKey, repeatCases, repeatsProjection, type ViewsSchema } from '#views';
import { scratchFolder } from './children.js';
import { percentile } from './report.js';

const COMPLAINTS = Number(process.argv[2]);
const KEYS = Math.ceil(COMPLAINTS / 80);
const YEAR_MS = 365 * 86_400_000;
const LOOKS = 1_000;
const FROM_MS = Date.parse('2026-01-01T00:00:00.000Z');

const folder = scratchFolder();
const file = join(folder, 'views.db');
const rules = new RepeatRules([groupPack()]);
const projection = repeatsProjection({ rules, secret: Buffer.alloc(32) });
const [sameness] = rules.samenessesOf('group').filter(({ same }) => same.includes('field.project'));

/** Spread evenly, always in the same way. */
const scattered = (n: number): number => (n * 2_654_435_761) % 4_294_967_296;
const atOf = (n: number): string => instant(FROM_MS + Math.floor((scattered(n) / 4_294_967_296) * YEAR_MS));
const keyOf = (n: number): string => `key-${n % KEYS}`.padEnd(22, '-');

async function fill(): Promise<void> {
  const writer = openSqliteWriter({ file });
  for (const { shape } of projection.tables) {
    const columns = Object.entries(shape.columns).map(([name, type]) => `"${name}" ${type}`);
    const ddl = `create table "${shape.name}" (${columns.join(', ')}, primary key (${shape.key.join(', ')})) without rowid`;
    await run(ddl);
    for (const [index, { columns: on, where }] of shape.indexes.entries()) {
      const only =
        where === undefined
          ? ''
          : ` where ${where.column} ${where.is === 'not null' ? 'is not null' : `= ${where.is}`}`;
      await run(`create index "${shape.name}_${index}" on "${shape.name}" (${on.join(', ')})${only}`);
    }
  }
  const SLICE = 20_000;
  for (let from = 0; from < COMPLAINTS; from += SLICE) {
    const numbers = Array.from({ length: Math.min(SLICE, COMPLAINTS - from) }, (_, n) => from + n);
    await writer.transaction(async (tx) => {
      await tx.insert(
        table('repeat_key'),
        numbers.map((n) => ({
          case_id: `case-${n}`,
          sameness: sameness!.id,
          hash: keyOf(n),
          at: atOf(n),
          counted: 1,
          complainant: `person-${n % 700_001}`,
          handled: null,
        })),
      );
      await tx.insert(
        table('repeat_case'),
        numbers.map((n) => ({
          case_id: `case-${n}`,
          pack: 'group',
          version: groupPack().version,
          compared: '{}',
          at: atOf(n),
          void: 0,
          handled: '[]',
          recorded: '{}',
          dismissed: '[]',
          historical: 0,
          erased: 0,
        })),
      );
    });
  }
  await writer.close();

  async function run(text: string): Promise<void> {
    await sql.raw(text).execute(writer.db);
  }
}

function table(name: string) {
  const { shape } = projection.tables.find((it) => it.shape.name === name)!;
  return { name, columns: Object.keys(shape.columns), types: shape.columns, key: shape.key };
}

/** One complaint after the other is looked at, as the automation does it; what is found is counted and not sent. */
async function detect(): Promise<{ p50: number; p99: number; found: number }> {
  const db = openSqlite<ViewsSchema>({ file, readonly: true });
  const samples: number[] = [];
  const found: Finding[] = [];
  let looked = 0;
  let begun = 0;
  const automation = new KeepRepeats({
    clock: new SystemClock(),
    rules,
    ready: () => true,
    changedKeys: async () => {
      if (looked > 0) samples.push(performance.now() - begun);
      if (looked++ === LOOKS) return [];
      const n = scattered(looked) % COMPLAINTS;
      begun = performance.now();
      return [{ seq: looked, sameness: sameness!.id, hash: keyOf(n), at: atOf(n), caseId: `case-${n}` }];
    },
    casesOfKey: (key, span) => casesOfKey(db, key, span),
    keyed: (of, caseIds) => casesKeyed(db, of, caseIds),
    casesOnRecord: (caseIds) => repeatCases(db, caseIds),
    send: async (finding) => void found.push(finding),
    seen: async () => undefined,
    checkpoint: { read: () => 0, write: () => undefined },
    onFailure: (error) => {
      throw error;
    },
  });
  automation.arm();
  await automation.idle();
  await db.destroy();
  const warm = samples.slice(LOOKS / 10);
  return { p50: percentile(warm, 0.5), p99: percentile(warm, 0.99), found: found.length };
}

await fill();
const result = await detect();
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ ...result, complaints: COMPLAINTS, rssMb: process.resourceUsage().maxRSS / 1024 }));
