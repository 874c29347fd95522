import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { caseBoard, counts, deadlinesQuery } from '#views';
import type { RecordedCaseEvent } from '#cases';
import type { ImportSummary } from '#import';
import { Desk, livesAsHistory, statesOf } from './desk.js';
import { record, withRecords } from './records-folder.js';

interface Row {
  readonly target_dt: string;
  readonly closed_dt: string;
  readonly case_status: 'Open' | 'Closed';
  readonly ontime: 'ONTIME' | 'OVERDUE';
}

const IMPORT_TIMEOUT_MS = 120_000;

withRecords('boston through the engine', () => {
  const file = record('boston-311/boston311-100-2022.csv');
  let desk: Desk;
  let summary: ImportSummary;
  let byLine: ReadonlyMap<number, readonly RecordedCaseEvent[]>;
  const rows = parse(readFileSync(file, 'utf8'), { columns: true, bom: true, info: true }) as unknown as readonly {
    readonly record: Row;
    readonly info: { readonly lines: number };
  }[];

  beforeAll(async () => {
    desk = await Desk.open();
    summary = await desk.importFile(file, 'boston-311', await desk.administrator('Wang'));
    const cases = await desk.cases();
    byLine = new Map(cases.map((events) => [lineOf(events), events]));
  }, IMPORT_TIMEOUT_MS);
  afterAll(() => desk.close());

  const lineOf = (events: readonly RecordedCaseEvent[]): number =>
    events.flatMap((event) => (event.type === 'SourceEntryRecorded' ? [event.data.line!] : []))[0]!;
  const verdictOn = (line: number): string | undefined =>
    statesOf(byLine.get(line)!)
      .at(-1)!
      .clocks.find(({ clock }) => clock === 'source-target')?.state;
  const told = (holds: (row: Row) => boolean) => rows.filter((row) => holds(row.record));

  test('all 100 come in: 85 closed, 15 open', async () => {
    expect(summary).toMatchObject({ imported: 100, refused: 0, rejectedRows: 0 });
    const phases = [...byLine.values()].map((events) => statesOf(events).at(-1)!.phase);
    expect([phases.length, phases.filter((phase) => phase === 'closed').length]).toEqual([100, 85]);
    await desk.engine.reached(await desk.head());
    expect(await counts(desk.engine.views)).toMatchObject({ cases: 100, byPhase: { closed: 85, received: 15 } });
  });

  test('K-7: the engine’s own verdict is the city’s on every row with a closing and a target', () => {
    const judged = told(({ closed_dt, target_dt }) => closed_dt !== '' && target_dt !== '');
    const both = judged.map(({ record: { ontime }, info }) => [ontime, verdictOn(info.lines)].join(' '));
    expect([...new Set(both)].sort()).toEqual(['ONTIME met', 'OVERDUE missed']);
    expect([judged.length, both.filter((it) => it === 'ONTIME met').length]).toEqual([77, 72]);
  });

  test('EVENTS 18: what is open past its target at the cut-over is missed by then, in the same append', async () => {
    const open = told(({ case_status, target_dt }) => case_status === 'Open' && target_dt !== '');
    expect(open).toHaveLength(12);
    expect(open.every(({ record: { ontime } }) => ontime === 'OVERDUE')).toBe(true);
    for (const { info } of open) {
      const events = byLine.get(info.lines)!;
      expect(events.map(({ type }) => type).slice(-2)).toEqual(['DeadlineMissed', 'TakenOver']);
    }
    await desk.engine.reached(await desk.head());
    const { views, clock } = desk.engine;
    const missed = await deadlinesQuery(views, { state: 'missed', at: clock.now(), asleep: true, limit: 200 });
    expect(missed).toMatchObject({ items: { length: 17 }, next: undefined });
    const board = await caseBoard(views, { at: clock.now(), overdue: true, state: ['received'], limit: 200 });
    expect(board).toMatchObject({ items: { length: 12 } });
  });

  test('a row without a target has no clock, whatever the city says of it', () => {
    const without = told(({ target_dt }) => target_dt === '');
    expect(without).toHaveLength(11);
    expect(without.map(({ info }) => verdictOn(info.lines))).toEqual(without.map(() => undefined));
  });

  test('history is marked, starts no timer of ours and sends nothing', () => {
    expect([...byLine.values()].filter((events) => !livesAsHistory(events))).toEqual([]);
  });

  test('EVENTS 2: a second administrator importing the same file adds nothing', async () => {
    const head = await desk.head();
    const again = await desk.importFile(file, 'boston-311', await desk.administrator('Li'));
    expect(again).toMatchObject({ imported: 0, known: 100, refused: 0 });
    expect(await desk.head()).toBe(head);
  });
});
