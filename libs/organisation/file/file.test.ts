import { describe, expect, test } from '@jest/globals';
import { isRefusal, refuse } from '#kernel';
import { TestOrganisation } from '../testing/index.js';
import { importOrganisation, readOrganisation, type FileFormat, type ImportSummary } from './import.js';

const YAML = `zone: Asia/Shanghai
posts:
  - { post: unit_head, label: { zh: 部门负责人 } }
  - { post: first_responsible, single: true, neededIn: all }
units:
  - { unit: east, parent: property, kind: branch }
  - { unit: property, label: { zh: 物业公司, en: Property }, pack: group }
holders:
  - { post: unit_head, unit: east, person: 王芳, from: 2026-01-01, to: 2026-06-30 }
  - { post: unit_head, unit: east, person: li@example.com, from: 2026-07-01 }
  - { post: first_responsible, unit: east, person: 王芳 }
absences:
  - { person: 王芳, delegate: 李强, from: 2026-02-01, to: 2026-02-07 }
`;
const CSV = `what,post,unit,label_zh,label_en,parent,kind,pack,single,needed_in,person,delegate,from,to
post,unit_head,,部门负责人,,,,,,,,,,
post,first_responsible,,,,,,,是,all,,,,
unit,,east,,,property,branch,,,,,,,
unit,,property,物业公司,Property,,,group,,,,,,
holder,unit_head,east,,,,,,,,王芳,,2026-01-01,2026-06-30
holder,unit_head,east,,,,,,,,li@example.com,,2026-07-01,
holder,first_responsible,east,,,,,,,,王芳,,,
absence,,,,,,,,,,王芳,李强,2026-02-01,2026-02-07
`;
const PEOPLE: Readonly<Record<string, string>> = { 王芳: 'wang', 李强: 'li', 'li@example.com': 'li' };

function imported(
  text: string,
  format: FileFormat,
  {
    into = new TestOrganisation(),
    create,
  }: { into?: TestOrganisation; create?: (name: string) => Promise<string> } = {},
): Promise<ImportSummary> {
  return importOrganisation(readOrganisation(text, format), {
    personOf: (who) => PEOPLE[who] ?? refuse('PERSON_UNKNOWN', { person: who }),
    createPerson: create,
    send: async ({ name, command }) => {
      const outcome = into.send(name, command as never);
      return isRefusal(outcome) ? outcome : { result: outcome };
    },
  });
}

describe.each([
  ['yaml', YAML],
  ['csv', CSV],
] as const)('O-1: an organisation from a %s file', (format, text) => {
  test('units above come before those below, and days are those of the zone, the last one whole', async () => {
    const into = new TestOrganisation();
    expect(await imported(text, format, { into })).toMatchObject({ recorded: 8, known: 0, rejected: 0 });
    const holders = (at: string): readonly string[] =>
      into.register.answering('unit_head', 'east', { at, known: into.now });
    expect(holders('2025-12-31T15:59:59.999Z')).toEqual([]);
    expect(holders('2025-12-31T16:00:00.000Z')).toEqual(['wang']);
    expect(holders('2026-02-07T15:59:59.999Z')).toEqual(['li']);
    expect(holders('2026-02-07T16:00:00.000Z')).toEqual(['wang']);
    expect(holders('2026-06-30T16:00:00.000Z')).toEqual(['li']);
    expect(into.register.gaps({ at: into.now, known: into.now })).toEqual([
      { unit: 'property', post: 'first_responsible' },
    ]);
  });

  test('given again, at another time, it adds nothing', async () => {
    const into = new TestOrganisation();
    await imported(text, format, { into });
    into.now = '2026-01-20T00:00:00.000Z';
    const count = into.events.length;
    expect(await imported(text, format, { into })).toMatchObject({ recorded: 0, known: 8, rejected: 0 });
    expect(into.events).toHaveLength(count);
  });
});

test('O-1: every row that is not taken is named with its line and reason, and the rest goes on', async () => {
  const text = `posts:
  - { post: liaison, single: true }
units:
  - { unit: a }
  - { unit: b, parent: nowhere }
  - { unit: c, parent: c }
  - just words
  - { unit: d, colour: red }
holders:
  - { post: liaison, unit: a, person: 王芳 }
  - { post: liaison, unit: a, person: 李强 }
  - { post: liaison, unit: a, person: 赵六, from: 2026-01-01 }
  - { post: liason, unit: a, person: 王芳 }
  - { post: liaison, unit: a, person: 王芳, from: 2026-02-30 }
`;
  const { rows, recorded, rejected } = await imported(text, 'yaml');
  expect([recorded, rejected]).toEqual([3, 8]);
  expect(rows.filter(({ status }) => status === 'rejected').map(({ line, code }) => [line, code])).toEqual([
    [5, 'UNKNOWN_UNIT'],
    [6, 'UNKNOWN_UNIT'],
    [7, 'ROW_MALFORMED'],
    [8, 'ROW_MALFORMED'],
    [11, 'POST_HELD'],
    [12, 'PERSON_UNKNOWN'],
    [13, 'UNKNOWN_POST'],
    [14, 'DATE_MALFORMED'],
  ]);
  expect(rows.find(({ line }) => line === 8)!.reason).toContain('colour');
});

test('O-1: rows of a CSV file that are short or of no kind are named with their line, behind a cell of two lines too', async () => {
  const text = 'what,post,unit,label_zh\nunit,,a,"两\n行"\nunit,,b\nthing,,c,\nunit,,d,\n';
  const { rows } = await imported(text, 'csv');
  expect(rows.map(({ line, status }) => [line, status])).toEqual([
    [2, 'recorded'],
    [4, 'rejected'],
    [5, 'rejected'],
    [6, 'recorded'],
  ]);
});

test('O-1: people who are missing are made only when that is asked for, and once', async () => {
  const text = `posts: [{ post: unit_head }]
holders:
  - { post: unit_head, person: 赵六 }
  - { post: unit_head, person: zhao@example.com }
`;
  expect(await imported(text, 'yaml')).toMatchObject({ recorded: 1, rejected: 2, peopleCreated: 0 });
  const made: string[] = [];
  const create = async (name: string): Promise<string> => (made.push(name), 'zhao');
  const summary = await imported(text, 'yaml', { create });
  expect(summary).toMatchObject({ recorded: 2, rejected: 1, peopleCreated: 1 });
  expect([made, summary.rows.at(-1)?.code]).toEqual([['赵六'], 'NAME_NEEDED']);
});

test.each([
  ['yaml', 'units: [', 'line 1'],
  ['yaml', 'teams: []', 'teams'],
  ['yaml', 'zone: Mars/Olympus', 'IANA'],
  ['yaml', 'just words', 'zone, posts'],
  ['csv', '', 'empty'],
  ['csv', 'what,colour\n', 'colour'],
  ['csv', 'post,unit\n', 'what'],
  ['csv', 'what,post\nunit,"a', 'Quote'],
] as const)('O-1: a file that is none is refused: %s %j', (format, text, says) => {
  expect(() => readOrganisation(text, format)).toThrow(says);
});
