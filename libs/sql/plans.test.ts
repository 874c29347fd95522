import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CompiledQuery, type Kysely } from 'kysely';
import { instant, isRefusal, plusMs } from '#kernel';
import {
  caseBoard,
  dueBefore,
  caseTimeline,
  deadlinesQuery,
  dueCounts,
  nextDue,
  PROJECTIONS,
  type BoardFilter,
  type ViewsSchema,
} from '#views';
import { Construction } from './projections/build.js';
import { isSqlite, openSql, openWriter, type ProjectedEvent, type Projection, type SqlWriter } from './index.js';
import { BatchSession } from './projections/session.js';
import { placeOf } from './testing/index.js';
import { migrateViews } from './projections/books.js';
import { KeepingAlone } from './keeping/alone.js';
import { newGeneration } from './projections/track.js';

/** So many cases that reading all of them for one page would be felt. */
const CASES = 100_000;
const BATCH = 10_000;
/** What is asked for by more than a key; of the others a tenth will do. */
const LARGE = ['case-board', 'deadlines'];
const HOUR_MS = 3_600_000;
const AT = '2026-03-01T00:00:00.000Z';
const WORDS = ['漏水', '电梯', '噪音', 'leak', 'lift', 'noise', '管道', 'heating', '停车', 'parking', '物业', '保安'];
const ENDS = [[], [], ['CaseAccepted'], ['CaseAccepted', 'CaseResolved'], ['CaseAccepted', 'CaseClosed']];

let folder: string;
let writer: SqlWriter;
let db: Kysely<ViewsSchema>;
let asked: CompiledQuery[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-plans-'));
  const place = await placeOf(folder);
  writer = openWriter(place);
  await migrateViews(writer.db);
  const construction = new Construction(writer, new KeepingAlone(writer, PROJECTIONS, 'test'));
  for (const projection of PROJECTIONS) await fill(construction, projection);
  db = openSql<ViewsSchema>(place, { readonly: true, log: ({ query }) => void asked.push(query) });
}, 300_000);
afterAll(async () => {
  await db.destroy();
  await writer.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a rebuild does: rows in bulk, then what is derived, then the indexes. */
async function fill(construction: Construction, projection: Projection): Promise<void> {
  await construction.begin(projection, 1, true);
  const cases = LARGE.includes(projection.name) ? CASES : BATCH;
  for (let from = 0; from < cases; from += BATCH) {
    const events = Array.from({ length: BATCH }, (_, at) => lifeOf(from + at)).flat();
    await writer.transaction(async (tx) => {
      const session = new BatchSession(projection, 1, true);
      await session.load(
        tx,
        events.map(({ subject, revision }) => ({ subject, begins: revision === 0 })),
      );
      for (const event of events) session.fold(event);
      await session.write(tx);
    });
  }
  const generation = newGeneration(projection, 1, true);
  await construction.enter(generation, 'deriving');
  for (const phase of ['deriving', 'indexing'] as const) {
    while (!(await construction.slice({ ...generation, phase })));
  }
}

const caseId = (number: number): string => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;

function lifeOf(number: number): ProjectedEvent[] {
  const subject = caseId(number);
  const recordedAt = instant(Date.UTC(2026, 0, 1) + number * 50_000);
  const one = <T>(of: readonly T[], step: number): T => of[Math.floor(number / step) % of.length]!;
  const words = `${one(WORDS, 1)} ${one(WORDS, 7)} N${number}`;
  const told: readonly (readonly [type: string, data: object, personal?: object])[] = [
    [
      'CaseReceived',
      {
        kind: one(['complaint', 'request'], 3),
        channel: one(['phone', 'email', 'web'], 5),
        category: `category-${number % 40}`,
        unit: `unit-${number % 25}`,
        parties: [],
        persons: 1,
        circumstances: [],
      },
      { content: { value: words }, externalReference: { value: `INC-${number}` } },
    ],
    ['CaseAssigned', { unit: `unit-${number % 25}`, owner: `owner-${number % 300}` }],
    [
      'DeadlineSet',
      {
        clock: one(['K-1', 'K-2', 'plan'], 1),
        run: 1,
        startsAt: recordedAt,
        dueAt: plusMs(AT, ((number % 2_000) - 20) * HOUR_MS),
        budget: '2d',
        source: 'K-1',
      },
    ],
    ...one(ENDS, 1).map((type) => [type, {}] as const),
    ...(number % 50 === 0 ? ([['RepeatFound', { rule: 'same', cases: [], complainants: 2 }]] as const) : []),
  ];
  return told.map(([type, data, personal = {}], revision) => ({
    id: `${number}-${revision}`,
    stream: `case-${subject}`,
    subject,
    revision,
    position: number * 10 + revision,
    type,
    data,
    personal,
    meta: {
      recordedAt,
      occurredAt: recordedAt,
      actor: { id: 'li', role: 'agent' },
      policy: { pack: 'p', version: '1' },
    },
  })) as unknown as ProjectedEvent[];
}

/** The tables that a plan reads from end to end, and that are too large for it. */
async function readWhole({ sql: text, parameters }: CompiledQuery): Promise<string[]> {
  const explain = isSqlite(db) ? 'explain query plan' : 'explain (format json)';
  const { rows } = await writer.db.executeQuery<Record<string, unknown>>(
    CompiledQuery.raw(`${explain} ${text}`, [...parameters]),
  );
  if (!isSqlite(db)) return sequentialScans((rows[0]!['QUERY PLAN'] as { Plan: PlanNode }[])[0]!.Plan);
  return rows.map(({ detail }) => String(detail)).filter((detail) => /^SCAN \w+$/.test(detail) && isLarge(detail));
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

const sequentialScans = (node: PlanNode): string[] => [
  ...(node['Node Type'] === 'Seq Scan' && isLarge(node['Relation Name']!) ? [node['Relation Name']!] : []),
  ...(node.Plans ?? []).flatMap(sequentialScans),
];

const isLarge = (text: string): boolean =>
  /\b(case_board|case_text|case_term|case_timeline|deadline)(_g\d+)?$/.test(text);

/** What a question asks must be there, and none of its statements may read a large table from end to end. */
async function isPlanned(question: () => Promise<unknown>): Promise<void> {
  asked = [];
  await question();
  expect(asked.length).toBeGreaterThan(0);
  for (const query of asked) expect([query.sql, await readWhole(query)]).toEqual([query.sql, []]);
}

const FILTERS: readonly Omit<BoardFilter, 'at'>[] = [
  {},
  { state: ['received', 'handling', 'waiting'] },
  { state: ['closed'] },
  { severity: 'major' },
  { unit: 'unit-3' },
  { owner: 'owner-7', state: ['received', 'handling'] },
  { category: 'category-9', channel: 'phone' },
  { kind: 'request' },
  { overdue: true },
  { overdue: false, unit: 'unit-3' },
  { dueBefore: plusMs(AT, 24 * HOUR_MS) },
  { dueBefore: plusMs(AT, 24 * HOUR_MS), unit: 'unit-4', overdue: false },
  { repeat: true },
  { repeat: true, unit: 'unit-3', overdue: true },
  { repeat: false, unit: 'unit-3' },
  { text: '漏水' },
  { text: 'leak 漏水' },
  { text: 'N4711' },
  { text: 'par', unit: 'unit-7' },
  { externalReference: 'INC-4711' },
];

test.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))(
  'the board with %s reads no table from end to end, however it is sorted and on its next page',
  async (_name, filter) => {
    for (const sort of ['nextDue', 'received', 'updated', 'severity'] as const) {
      for (const direction of ['asc', 'desc'] as const) {
        let cursor: string | undefined;
        await isPlanned(async () => {
          const page = await caseBoard(db, { ...filter, sort, direction, at: AT });
          if (isRefusal(page)) throw new Error(page.code);
          cursor = page.next;
        });
        if (cursor !== undefined)
          await isPlanned(() => caseBoard(db, { ...filter, sort, direction, at: AT, cursor: cursor! }));
      }
    }
  },
);

test('deadlines, counters, timers and a timeline read no table from end to end', async () => {
  for (const state of ['running', 'missed', 'met', 'cancelled'] as const) {
    for (const filter of [
      {},
      { unit: 'unit-3' },
      { owner: 'owner-7', severity: 'general' as const },
      { clock: 'K-1' },
    ]) {
      await isPlanned(() => deadlinesQuery(db, { state, at: AT, ...filter }));
    }
  }
  await isPlanned(() => dueCounts(db, AT));
  await isPlanned(() => nextDue(db, AT));
  await isPlanned(() => dueBefore(db, AT, 100));
  await isPlanned(() => dueBefore(db, AT, 100, { caseId: 'a', at: '2025-01-01T00:00:00.000Z', seq: 7 }));
  await isPlanned(() => caseTimeline(db, { caseId: caseId(7) }));
});

test('a scan would be seen: what no index serves fails', async () => {
  await expect(
    isPlanned(() => db.selectFrom('case_board').select('case_id').where('subject', '=', 'x').execute()),
  ).rejects.toThrow('case_board');
});
