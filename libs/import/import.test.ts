import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  MappingInvalid,
  loadMapping,
  parseMapping,
  readHistory,
  runImport,
  shippedMappings,
  SourceUnreadable,
  type HistoricalCase,
  type ImportProgress,
  type ImportResult,
  type RejectedRow,
} from '#import';

const TAKEN_OVER = '2026-01-05T00:00:00.000Z';

const DESK = `
source: desk
version: 3
format: csv
caseKey: { columns: [no], rows: many }
unknowns: ['?', N/A]
dates: { formats: [dd.MM.yyyy HH:mm, dd.MM.yyyy], zone: Asia/Shanghai }
fields:
  kind: { constant: complaint }
  channel: { column: via, values: { Phone: phone, Web: web_form }, otherwise: reject, missing: { value: email } }
  category: topic
  subject: { join: [topic, words], separator: ' – ' }
openedAt: opened
entries: [{ at: changed, state: state, unit: team, text: words }]
states: { New: received, Waiting: { phase: waiting, waitingFor: customer }, Done: closed }
reject:
  - { code: CHANGED_BEFORE_OPENED, message: It changed before it was opened., before: [changed, opened] }
`;
const HEADER = 'no,via,topic,opened,changed,state,team,words\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Buffer): string {
  const file = join(folder, 'source');
  writeFileSync(file, content);
  return file;
}

async function read(
  content: string | Buffer,
  yaml = DESK,
): Promise<{ cases: HistoricalCase[]; rejected: RejectedRow[] }> {
  const result = { cases: [] as HistoricalCase[], rejected: [] as RejectedRow[] };
  for await (const item of readHistory({
    file: fileOf(content),
    mapping: parseMapping(yaml, 'desk'),
    takenOverAt: TAKEN_OVER,
  })) {
    if (item.kind === 'case') result.cases.push(item.case);
    else result.rejected.push(item.rejected);
  }
  return result;
}

const variant = (from: string, to: string): string => {
  expect(DESK).toContain(from);
  return DESK.replace(from, to);
};

describe('CSV', () => {
  test('rows of one case need not stand together; they keep the order of the file, and instants are UTC', async () => {
    const { cases, rejected } = await read(
      `${HEADER}A,Phone,door,01.03.2024,01.03.2024 09:30,New,T1,"门,\n""打不开"""\n` +
        'B,Web,?,02.03.2024,02.03.2024,New,N/A,\n' +
        'A,Phone,door,01.03.2024,03.03.2024 10:00,Waiting,T2,\n' +
        'A,Phone,door,01.03.2024,02.03.2024 10:00,Done,T2,\n',
    );
    expect(rejected).toEqual([]);
    expect(cases).toEqual([
      {
        source: 'desk',
        mapping: 'desk@3',
        sourceKey: 'A',
        takenOverAt: TAKEN_OVER,
        kind: 'complaint',
        channel: 'phone',
        persons: 1,
        circumstances: [],
        category: 'door',
        subject: 'door – 门,\n"打不开"',
        openedAt: '2024-02-29T16:00:00.000Z',
        entries: [
          {
            at: '2024-03-01T01:30:00.000Z',
            line: 2,
            state: 'New',
            phase: 'received',
            unit: 'T1',
            text: '门,\n"打不开"',
          },
          {
            at: '2024-03-03T02:00:00.000Z',
            line: 5,
            state: 'Waiting',
            phase: 'waiting',
            waitingFor: 'customer',
            unit: 'T2',
          },
          { at: '2024-03-02T02:00:00.000Z', line: 6, state: 'Done', phase: 'closed', unit: 'T2' },
        ],
      },
      expect.objectContaining({ sourceKey: 'B', channel: 'web_form', entries: [expect.objectContaining({ line: 4 })] }),
    ]);
    expect(cases[1]).not.toHaveProperty('category');
    expect(cases[1]!.entries[0]).not.toHaveProperty('unit');
  });

  test('a row that cannot be taken is reported with line, code and key, and takes its case with it', async () => {
    const row = (no: string, rest = 'Phone,t,01.03.2024,02.03.2024,New,,'): string => `${no},${rest}\n`;
    const { cases, rejected } = await read(
      HEADER +
        row('A') +
        row('B') +
        row('A', 'Phone,t,01.03.2024,02.03.2024,Lost,,') +
        row('C', 'Pigeon,t,01.03.2024,02.03.2024,New,,') +
        row('D', 'Phone,t,31.02.2024,02.03.2024,New,,') +
        row('E', 'Phone,t,03.03.2024,02.03.2024,New,,') +
        row('?') +
        row('F', 'Phone,t,01.03.2024') +
        row('B') +
        row('G', 'Phone,t,01.03.2024,?,New,,'),
    );
    expect(cases.map(({ sourceKey }) => sourceKey)).toEqual(['B']);
    expect(rejected.map(({ line, code, key }) => [line, code, key])).toEqual([
      [4, 'STATE_UNKNOWN', 'A'],
      [5, 'VALUE_NOT_MAPPED', 'C'],
      [6, 'DATE_UNREADABLE', 'D'],
      [7, 'CHANGED_BEFORE_OPENED', 'E'],
      [8, 'KEY_MISSING', undefined],
      [9, 'COLUMNS_DIFFER', undefined],
      [10, 'DUPLICATE_ROW', 'B'],
      [2, 'CASE_INCOMPLETE', 'A'],
      [11, 'NO_ENTRIES', 'G'],
    ]);
    expect(rejected[6]!.reason).toContain('line 3');
    expect(JSON.stringify(rejected)).not.toContain('Pigeon');
  });

  test('where rows of a case stand together cases come as soon as they are whole; one that returns is reported', async () => {
    const yaml = variant('rows: many', 'rows: many, contiguous: true');
    const rows = ['A', 'A', 'B', 'A'].map((no, n) => `${no},Phone,t,01.03.2024,02.03.2024 10:0${n},New,,\n`);
    const { cases, rejected } = await read(HEADER + rows.join(''), yaml);
    expect(cases.map(({ sourceKey, entries }) => [sourceKey, entries.length])).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
    expect(rejected).toMatchObject([{ line: 5, code: 'NOT_CONTIGUOUS', key: 'A' }]);
  });

  test('a row per case: the same key with other words is reported, not merged; without a key the row is its own', async () => {
    const rows = `${HEADER}A,Phone,t,01.03.2024,02.03.2024,New,,x\nA,Phone,t,01.03.2024,02.03.2024,New,,y\n`;
    const keyed = await read(rows, variant('rows: many', 'rows: one'));
    expect(keyed.cases).toHaveLength(1);
    expect(keyed.rejected).toMatchObject([{ line: 3, code: 'KEY_TWICE', key: 'A' }]);
    const own = await read(rows + rows.slice(HEADER.length), variant('{ columns: [no], rows: many }', 'row'));
    expect(new Set(own.cases.map(({ sourceKey }) => sourceKey)).size).toBe(2);
    expect(own.rejected.map(({ line, code }) => [line, code])).toEqual([
      [4, 'DUPLICATE_ROW'],
      [5, 'DUPLICATE_ROW'],
    ]);
    expect((await read(rows, variant('{ columns: [no], rows: many }', 'row'))).cases).toEqual(own.cases);
  });

  test('what a file says comes through, whatever its separators, line ends, compression and encoding', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((it) => !['', '?', 'N/A'].includes(it.trim()));
    const quoted = (it: string): string => `"${it.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(text, text, fc.boolean(), fc.constantFrom('\n', '\r\n'), async (team, words, zipped, end) => {
        const row = ['A', 'Phone', 't', '01.03.2024', '02.03.2024', 'New', quoted(team), quoted(words)].join(';');
        const bytes = Buffer.from(`\ufeff${HEADER.trim().replaceAll(',', ';')}${end}${row}${end}`);
        const { cases } = await read(
          zipped ? gzipSync(bytes) : bytes,
          DESK.replace('format: csv', "format: csv\ndelimiter: ';'"),
        );
        expect(cases[0]?.entries[0]).toMatchObject({ unit: team, text: words });
      }),
      { numRuns: 60 },
    );
    const gb = Buffer.concat([
      Buffer.from(`${HEADER}A,Phone,t,01.03.2024,02.03.2024,New,,`),
      Buffer.from([0xc3, 0xc5]),
    ]);
    expect(
      (await read(gb, DESK.replace('format: csv', 'format: csv\nencoding: gb18030'))).cases[0]!.entries[0]!.text,
    ).toBe('门');
    await expect(read(gb)).rejects.toThrow(/is not utf-8/);
  });

  test('a column the mapping asks for must be in the header', async () => {
    await expect(read('no,via\nA,Phone\n')).rejects.toThrow(SourceUnreadable);
    await expect(read('')).rejects.toThrow(/empty/);
    await expect(read('no,via\nA,Phone\n')).rejects.toThrow(/lacks .*“opened”.* it has “no”, “via”/);
  });

  test('a mapping rules out rows by an unknown column or by values, and says what an unknown state means', async () => {
    const rules = [
      '- { code: NO_TEAM, message: Nobody has it., missing: team }',
      '- { code: A_TEST, message: Test data., where: { topic: [test], via: [Web] } }',
    ];
    const yaml = `${DESK.slice(0, DESK.indexOf('reject:'))}unknownStates: handling\nreject:\n${rules.join('\n')}`;
    const row = (no: string, via: string, topic: string, team: string): string =>
      `${no},${via},${topic},01.03.2024,02.03.2024,Lost,${team},\n`;
    const content = HEADER + row('A', 'Web', 't', '?') + row('B', 'Web', 'test', 'T') + row('C', 'Phone', 'test', 'T');
    const { cases, rejected } = await read(content, yaml);
    expect(rejected.map(({ line, code, reason }) => [line, code, reason])).toEqual([
      [2, 'NO_TEAM', 'Nobody has it.'],
      [3, 'A_TEST', 'Test data.'],
    ]);
    expect(cases.map(({ entries }) => entries[0])).toMatchObject([{ state: 'Lost', phase: 'handling' }]);
    const [kept] = (await read(content, yaml.replace('unknownStates: handling', 'unknownStates: keep'))).cases;
    expect(kept!.entries[0]).not.toHaveProperty('phase');
  });

  test('damaged gzip data are an error, not the end of the file', async () => {
    const bytes = gzipSync(HEADER + 'A,Phone,t,01.03.2024,02.03.2024,New,,x\n'.repeat(2_000));
    await expect(read(bytes.subarray(0, bytes.length - 20))).rejects.toThrow(/gzip/);
  });

  test('hostile headers and values are names and texts like any other', async () => {
    const yaml = DESK.replaceAll('topic', '__proto__').replace(
      '{ New: received',
      '{ constructor: received, New: received',
    );
    const rows = `${HEADER.replace('topic', '__proto__')}A,constructor,toString,01.03.2024,02.03.2024,New,,x\n`;
    expect((await read(rows, yaml)).rejected).toMatchObject([{ code: 'VALUE_NOT_MAPPED' }]);
    expect((await read(rows.replace('A,constructor', 'A,Web'), yaml)).cases[0]!.category).toBe('toString');
  });
});

describe('XES', () => {
  const LOG = `
source: log
version: 1
format: xes
caseKey: { columns: ['trace:concept:name'], rows: many, contiguous: true }
duplicates: keep
dates: { formats: [iso], zone: Etc/UTC }
fields: { kind: { constant: request }, channel: { constant: phone }, category: 'trace:topic' }
openedAt: time:timestamp
entries: [{ at: time:timestamp, state: concept:name, unit: org:group }]
unknownStates: keep
`;
  const event = (at: string, state: string, more = ''): string =>
    `<event><date key="time:timestamp" value="${at}"/><string key="concept:name" value="${state}">
      <string key="org:group" value="nested, not meant"/></string>${more}</event>`;
  const trace = (name: string, ...events: string[]): string =>
    `<trace><string key="concept:name" value="${name}"/><string key="topic" value="a &amp; b"/>${events.join('')}</trace>`;

  test('events are entries in the order of the log, attributes of the trace belong to the case', async () => {
    const { cases } = await read(
      `<?xml version="1.0"?><log><string key="concept:name" value="the log"/>
        <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>${trace(
          'T1',
          event('2010-03-31T16:59:42+02:00', 'Queued'),
          event('2010-03-31T16:59:42.500+02:00', 'Queued', '<string key="org:group" value="V5"/>'),
        )}</log>`,
      LOG,
    );
    expect(cases).toMatchObject([
      {
        sourceKey: 'T1',
        category: 'a & b',
        openedAt: '2010-03-31T14:59:42.000Z',
        entries: [
          { at: '2010-03-31T14:59:42.000Z', state: 'Queued' },
          { at: '2010-03-31T14:59:42.500Z', unit: 'V5' },
        ],
      },
    ]);
    expect(cases[0]!.entries[0]).not.toHaveProperty('unit');
  });

  test('a log that is cut gives its whole traces; nothing of the broken one is imported', async () => {
    const whole = trace('T1', event('2010-03-31T16:59:42+02:00', 'Queued'));
    const cut = async (by: number) => {
      const { cases, rejected } = await read(`<log>${whole}${whole.replace('T1', 'T2').slice(0, -by)}`, LOG);
      return [cases.map(({ sourceKey }) => sourceKey), rejected.map(({ code, key }) => [code, key])];
    };
    expect(await cut('</trace>'.length)).toEqual([
      ['T1'],
      [
        ['FILE_CUT', undefined],
        ['CASE_INCOMPLETE', 'T2'],
      ],
    ]);
    expect(await cut('t></trace>'.length)).toEqual([['T1'], [['FILE_CUT', undefined]]]);
  });
});

describe('mappings', () => {
  test('every mapping that ships is valid, and a file is found by its path', () => {
    expect(shippedMappings()).toEqual(['boston-311', 'cfpb-2013', 'cfpb-2023', 'incident-log', 'volvo-incidents']);
    for (const name of shippedMappings()) expect(loadMapping(name).source).toBe(name);
    writeFileSync(join(folder, 'desk.yaml'), DESK);
    expect(loadMapping(join(folder, 'desk.yaml')).source).toBe('desk');
    expect(() => loadMapping('nowhere')).toThrow(/one of boston-311/);
  });

  test.each([
    ['openedAt: opened', '', /openedAt/],
    ['openedAt: opened', 'openedAt: opened\nclosing: x', /closing/],
    ['{ Phone: phone', '{ Phone: telephone', /channel/],
    ['Done: closed', 'Done: finished', /states/],
    ['Asia/Shanghai', 'Asia/Atlantis', /time zone/],
    ['dd.MM.yyyy HH:mm', 'HH:mm', /Luxon/],
    ['format: csv', 'format: csv\nencoding: klingon', /encoding/],
    ['before: [changed, opened]', 'before: [changed, opened], missing: no', /exactly one/],
    ['source: desk', 'source: [', /YAML/],
  ])('a mistake in a mapping is named: %s → %s', (from, to, message) => {
    expect(() => parseMapping(variant(from, to), 'desk')).toThrow(MappingInvalid);
    expect(() => parseMapping(variant(from, to), 'desk')).toThrow(message);
  });
});

describe('a mistake in a mapping', () => {
  const faultOf = (from: string, to: string): string => {
    try {
      parseMapping(variant(from, to), 'desk');
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('the mapping was taken');
  };
  const lineOf = (text: string): number => DESK.slice(0, DESK.indexOf(text)).split('\n').length;

  test('is told with its line and what is allowed there: a value', () => {
    const line = lineOf('Done: closed');
    expect(faultOf('Done: closed', 'Done: finished')).toContain(
      `line ${line}: states.Done: must be one of received, handling, waiting, resolved, closed`,
    );
  });

  test('… and a member', () => {
    const line = lineOf('openedAt: opened');
    const said = faultOf('openedAt: opened', 'opendAt: opened');
    expect(said).toContain(`line ${line}: has no member “opendAt”; there are source, version`);
    expect(said).toContain('openedAt: is missing');
  });
});

describe('what is no source', () => {
  const mapping = parseMapping(DESK, 'desk');
  const xes = loadMapping('volvo-incidents');
  const why = async (file: string, by = mapping): Promise<string> => {
    const reading = readHistory({ file, mapping: by, takenOverAt: TAKEN_OVER });
    return reading.next().then(
      () => 'it was read',
      (error: unknown) => (error instanceof SourceUnreadable ? error.message : String(error)),
    );
  };

  test('is told apart: no file, a folder, an empty file, no gzip data, another delimiter, no XES', async () => {
    const put = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    expect(await why(join(folder, 'nothing.csv'))).toMatch(/^There is no file/);
    expect(await why(folder)).toMatch(/is a folder/);
    expect(await why(put('empty.csv', ''))).toMatch(/is empty/);
    expect(await why(put('plain.csv.gz', HEADER))).toMatch(/named like gzip data but is none/);
    expect(await why(put('semicolons.csv', HEADER.replaceAll(',', ';')))).toMatch(/another “delimiter”/);
    expect(await why(put('table.xes', HEADER), xes)).toMatch(/no XES log/);
    expect(await why(put('page.xes', '<html></html>'), xes)).toMatch(/begins with <html>/);
  });
});

describe('a run', () => {
  const rows = (count: number): string =>
    HEADER + Array.from({ length: count }, (_, n) => `C${n},Phone,t,01.03.2024,02.03.2024,New,,\n`).join('');
  const answer =
    (status: ImportResult['status']) =>
    ({ sourceKey }: HistoricalCase): ImportResult => ({ sourceKey, status });
  const mapping = parseMapping(DESK, 'desk');

  test('sends batches, counts what became of the cases, and reports what was refused beside what was rejected', async () => {
    const batches: number[] = [];
    const progress: ImportProgress[] = [];
    const reportFile = join(folder, 'report.csv');
    const summary = await runImport({
      file: fileOf(`${rows(250)}X,Phone\n"Y,1",Phone,t,01.03.2024,02.03.2024,Odd,,\n`),
      mapping,
      takenOverAt: TAKEN_OVER,
      reportFile,
      sink: {
        importCases: async (cases) => {
          batches.push(cases.length);
          return cases.map((it) =>
            it.sourceKey === 'C7'
              ? { sourceKey: 'C7', status: 'refused', code: 'TOO_OLD', detail: 'It is older than the log.' }
              : answer(it.sourceKey === 'C8' ? 'known' : 'imported')(it),
          );
        },
      },
      onProgress: (at) => progress.push(at),
    });
    expect(batches).toEqual([100, 100, 50]);
    expect(summary).toMatchObject({ imported: 248, known: 1, refused: 1, rejectedRows: 2 });
    expect(summary.byCode).toEqual({ COLUMNS_DIFFER: 1, STATE_UNKNOWN: 1, TOO_OLD: 1 });
    expect(progress.at(-1)).toMatchObject({ readBytes: summary.sizeBytes, imported: 248 });
    expect(readFileSync(reportFile, 'utf8').split('\r\n').sort()).toEqual([
      '',
      '252,COLUMNS_DIFFER,The row has 2 columns where the header has 8.,',
      '253,STATE_UNKNOWN,The row is in a state the mapping does not list.,"Y,1"',
      '9,TOO_OLD,It is older than the log.,C7',
      'line,code,reason,key',
    ]);
  });

  test('where nothing is rejected there is no report', async () => {
    const reportFile = join(folder, 'report.csv');
    const sink = { importCases: async (cases: readonly HistoricalCase[]) => cases.map(answer('imported')) };
    await runImport({ file: fileOf(rows(3)), mapping, takenOverAt: TAKEN_OVER, reportFile, sink });
    expect(existsSync(reportFile)).toBe(false);
  });

  test('what the sink throws ends the run: no more than what was under way is sent', async () => {
    let sent = 0;
    const importCases = async (): Promise<never> => {
      sent++;
      throw new Error('the server is gone');
    };
    const run = runImport({ file: fileOf(rows(2_000)), mapping, takenOverAt: TAKEN_OVER, sink: { importCases } });
    await expect(run).rejects.toThrow('the server is gone');
    expect(sent).toBeLessThanOrEqual(2);
  });
});
