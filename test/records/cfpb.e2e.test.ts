import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { counts } from '#views';
import type { ImportSummary } from '#import';
import { Desk, livesAsHistory } from './desk.js';
import { record, withRecords } from './records-folder.js';

const IMPORT_TIMEOUT_MS = 120_000;

withRecords('cfpb through the engine', () => {
  const of2013 = record('cfpb/cfpb_2013_3186.csv');
  const of2023 = record('cfpb/cfpb_2023_truncated_1MiB.csv');
  let desk: Desk;
  let first: ImportSummary;
  let firstReport: readonly Rejected[];
  let second: ImportSummary;
  let secondReport: readonly Rejected[];

  interface Rejected {
    readonly line: string;
    readonly code: string;
    readonly reason: string;
  }

  const report = (): readonly Rejected[] => parse(readFileSync(desk.reportFile, 'utf8'), { columns: true });

  beforeAll(async () => {
    desk = await Desk.open();
    const administrator = await desk.administrator('Wang');
    first = await desk.importFile(of2013, 'cfpb-2013', administrator);
    firstReport = report();
    second = await desk.importFile(of2023, 'cfpb-2023', administrator);
    secondReport = report();
  }, IMPORT_TIMEOUT_MS);
  afterAll(() => desk.close());

  test('2013: of 3,186 rows 3,169 are cases, 6 were sent before received and 11 are exact duplicates', () => {
    expect(first).toMatchObject({ imported: 3_169, known: 0, refused: 0, rejectedRows: 17 });
    expect(first.byCode).toEqual({ DUPLICATE_ROW: 11, SENT_BEFORE_RECEIVED: 6 });
    const lines = readFileSync(of2013, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(3_186 + 1);
    const repeated = lines.flatMap((row, at) => (lines.indexOf(row) < at ? [String(at + 1)] : []));
    const at = (code: string): string[] => firstReport.filter((row) => row.code === code).map(({ line }) => line);
    expect(at('DUPLICATE_ROW')).toEqual(repeated);
    const header = lines[0]!.split(',');
    const [received, sent] = [header.indexOf('Date received'), header.indexOf('Date sent to company')];
    const impossible = lines.flatMap((row, index) => {
      const [cells] = parse(row, { relax_quotes: true }) as string[][];
      const dates = [cells![received]!, cells![sent]!].map((date) => Date.parse(date));
      return dates[1]! < dates[0]! ? [String(index + 1)] : [];
    });
    expect(impossible).toHaveLength(6);
    expect(at('SENT_BEFORE_RECEIVED')).toEqual(impossible);
  });

  test('2023: 2,067 are cases, and the cut last row is reported with its line', () => {
    expect(second).toMatchObject({ imported: 2_067, known: 0, refused: 0, rejectedRows: 1 });
    const lastLine = readFileSync(of2023, 'utf8').split('\n').length;
    expect(secondReport).toEqual([expect.objectContaining({ line: String(lastLine), code: 'ROW_CUT' })]);
  });

  test('all are in the log and on the board; history is marked, starts no timer and sends nothing', async () => {
    const cases = await desk.cases();
    expect(cases).toHaveLength(3_169 + 2_067);
    expect(cases.filter((events) => !livesAsHistory(events))).toEqual([]);
    await desk.engine.reached(await desk.head());
    expect(await counts(desk.engine.views)).toMatchObject({ cases: 3_169 + 2_067 });
  });

  test('EVENTS 2: a second administrator importing the same files adds nothing, and hears the same of the bad rows', async () => {
    const head = await desk.head();
    const other = await desk.administrator('Li');
    rmSync(desk.reportFile);
    expect(await desk.importFile(of2013, 'cfpb-2013', other)).toMatchObject({ imported: 0, known: 3_169, refused: 0 });
    expect(existsSync(desk.reportFile) && report()).toEqual(firstReport);
    expect(await desk.importFile(of2023, 'cfpb-2023', other)).toMatchObject({ imported: 0, known: 2_067, refused: 0 });
    expect(await desk.head()).toBe(head);
  });
});
