import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadMapping, readHistory, type HistoricalCase, type RejectedRow } from '#import';
import { record, withRecords } from './records-folder.js';

interface Reading {
  readonly cases: HistoricalCase[];
  readonly rejected: RejectedRow[];
}

async function read(mapping: string, file: string): Promise<Reading> {
  const reading: Reading = { cases: [], rejected: [] };
  const options = { file, mapping: loadMapping(mapping), takenOverAt: '2026-01-05T00:00:00.000Z' };
  for await (const item of readHistory(options)) {
    if (item.kind === 'case') reading.cases.push(item.case);
    else reading.rejected.push(item.rejected);
  }
  return reading;
}

const count = <T>(values: Iterable<T>, holds: (value: T) => boolean): number => [...values].filter(holds).length;
const transitions = (
  values: readonly (string | undefined)[],
  leaves: (from?: string, to?: string) => boolean,
): number => count(values.keys(), (at) => at > 0 && leaves(values[at - 1], values[at]));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'records-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

withRecords('incident log', () => {
  const file = record('incident-log/incident_event_log_5998.csv');

  test('incident log: 890 cases, 5,998 entries in the order of the file, all known, every case ends closed', async () => {
    const { cases, rejected } = await read('incident-log', file);
    expect(rejected).toEqual([]);
    expect(cases).toHaveLength(890);
    expect(cases.flatMap(({ entries }) => entries)).toHaveLength(5_998);
    expect(
      cases.every(({ entries }) => entries.every(({ line }, at) => at === 0 || line! > entries[at - 1]!.line!)),
    ).toBe(true);
    expect(cases.every(({ entries }) => entries.at(-1)!.phase === 'closed')).toBe(true);
  });

  test('incident log: the transitions out of resolved and closed are the file’s reopen_count on every row', async () => {
    const stated = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((row) => row.split(',')[4]);
    const { cases } = await read('incident-log', file);
    const done = new Set(['resolved', 'closed']);
    for (const { entries } of cases) {
      let reopened = 0;
      entries.forEach(({ phase, line }, at) => {
        if (at > 0 && done.has(entries[at - 1]!.phase!) && !done.has(phase!)) reopened++;
        expect([line, stated[line! - 1]]).toEqual([line, String(reopened)]);
      });
    }
  });

  test('incident log: what is unknown is left out, and no name stands outside the sealed texts', async () => {
    const { cases } = await read('incident-log', file);
    expect(JSON.stringify(cases)).not.toContain('"?"');
    const open = cases.map(
      ({ subject: _, content: _c, complainant: _n, externalReference: _r, sourceKey: _k, ...rest }) => ({
        ...rest,
        entries: rest.entries.map(({ text: _t, ...entry }) => entry),
      }),
    );
    expect(JSON.stringify(open)).not.toMatch(/Caller|Resolver|Updated by|Location/);
  });
});

withRecords('boston', () => {
  test('boston: 100 cases with the city’s verdict; 85 closed; closed after the target is OVERDUE and nothing else', async () => {
    const { cases, rejected } = await read('boston-311', record('boston-311/boston311-100-2022.csv'));
    expect(rejected).toEqual([]);
    expect(cases).toHaveLength(100);
    const closed = cases.filter(({ entries }) => entries.at(-1)!.phase === 'closed');
    expect(closed).toHaveLength(85);
    const judged = closed.filter(({ targetAt }) => targetAt !== undefined);
    expect(judged).toHaveLength(77);
    for (const { targetAt, entries } of judged) {
      expect(entries.at(-1)!.statedVerdict).toBe(entries.at(-1)!.at > targetAt! ? 'OVERDUE' : 'ONTIME');
    }
    expect(count(cases, ({ entries }) => entries.length === 1 && entries[0]!.statedVerdict === 'OVERDUE')).toBe(12);
  });
});

withRecords('cfpb', () => {
  test('cfpb 2013: 3,169 cases, 6 sent before received and 11 exact duplicates reported with their lines', async () => {
    const { cases, rejected } = await read('cfpb-2013', record('cfpb/cfpb_2013_3186.csv'));
    const by = (code: string): RejectedRow[] => rejected.filter((row) => row.code === code);
    expect([cases.length, by('SENT_BEFORE_RECEIVED').length, by('DUPLICATE_ROW').length]).toEqual([3_169, 6, 11]);
    expect(rejected).toHaveLength(17);
    const lines = readFileSync(record('cfpb/cfpb_2013_3186.csv'), 'utf8').split('\n');
    for (const { line, reason } of by('DUPLICATE_ROW')) {
      expect(lines[line - 1]).toBe(lines[Number(/line (\d+)/.exec(reason)![1]) - 1]);
    }
    expect(count(cases, ({ entries }) => entries.at(-1)!.statedVerdict === 'No')).toBeGreaterThan(80);
  });

  test('cfpb 2023: 2,067 cases, and the cut last row is reported with its line', async () => {
    const file = record('cfpb/cfpb_2023_truncated_1MiB.csv');
    const { cases, rejected } = await read('cfpb-2023', file);
    expect(cases).toHaveLength(2_067);
    const text = readFileSync(file, 'utf8');
    expect(rejected).toMatchObject([{ line: text.split('\n').length, code: 'ROW_CUT' }]);
  });
});

withRecords('volvo', () => {
  const file = record('volvo-incidents/bpi_challenge_2013_incidents.xes.gz');

  test('volvo: 7,554 cases, 65,533 events; Completed left 580 times in 514 cases, Closed 131 times in 120', async () => {
    const { cases, rejected } = await read('volvo-incidents', file);
    expect(rejected).toEqual([]);
    expect([cases.length, cases.flatMap(({ entries }) => entries).length]).toEqual([7_554, 65_533]);
    const states = cases.map(({ entries }) =>
      transitions(
        entries.map(({ state }) => state),
        (from, to) => from === 'Completed' && to !== 'Completed',
      ),
    );
    const subStates = cases.map(({ entries }) =>
      transitions(
        entries.map(({ subState }) => subState),
        (from, to) => from === 'Closed' && to !== 'Closed',
      ),
    );
    const sums = [states, subStates].map((times) => [times.reduce((a, b) => a + b), count(times, (n) => n > 0)]);
    expect(sums).toEqual([
      [580, 514],
      [131, 120],
    ]);
  });

  test('volvo: of a log that was cut the whole traces are read and the broken one is reported', async () => {
    const text = gunzipSync(readFileSync(file)).toString();
    const cut = join(folder, 'cut.xes.gz');
    writeFileSync(cut, gzipSync(text.slice(0, 3_000_000)));
    const { cases, rejected } = await read('volvo-incidents', cut);
    expect(cases).toHaveLength(text.slice(0, 3_000_000).split('</trace>').length - 1);
    expect(new Set(rejected.map(({ code }) => code))).toEqual(new Set(['FILE_CUT', 'CASE_INCOMPLETE']));
  });
});

describe('records', () => {
  test('all four sources have a mapping that ships', () => {
    for (const name of ['incident-log', 'boston-311', 'cfpb-2013', 'cfpb-2023', 'volvo-incidents']) {
      expect(loadMapping(name).source).toBe(name);
    }
  });
});
