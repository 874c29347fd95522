import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { complaintLike } from './testing/asked.js';
import { groupPack, loadPack, packContent, packDifferences, packJsonSchema, shippedPacks, WrongPack } from './index.js';

const text = readFileSync(join(import.meta.dirname, 'packs/group.yaml'), 'utf8');
const group = groupPack();

function faultsOf(changed: string): readonly string[] {
  expect(changed).not.toBe(text);
  try {
    loadPack(changed, 'mine.yaml');
  } catch (error) {
    return (error as WrongPack).faults;
  }
  throw new Error('the pack was taken');
}

const lineOf = (needle: string): number => text.slice(0, text.indexOf(needle)).split('\n').length;

const rules = (persons: number, circumstances: ('litigation' | 'media' | 'disturbance')[] = []): string[] =>
  group.severityGrounds(complaintLike({ persons, circumstances })).map(({ severity }) => severity);

test('I-8: the group has five categories, labelled in Chinese and English', () => {
  expect(group.allowedCategories()).toEqual([
    'engineering_quality',
    'sales_management',
    'property_management',
    'customer_service',
    'other',
  ]);
  expect(group.categories[0]?.label).toEqual({ zh: '工程质量', en: 'Engineering quality' });
  expect(group.knowsCategory('fees')).toBe(false);
});

test('S-1: litigation, media or ten persons make a case major, three persons important, the rest is general', () => {
  expect(rules(1)).toEqual([]);
  expect(rules(2, ['disturbance'])).toEqual([]);
  expect(rules(3)).toEqual(['important']);
  expect(rules(9)).toEqual(['important']);
  expect(rules(10)).toEqual(['major', 'important']);
  expect(rules(1, ['litigation', 'media'])).toEqual(['major', 'major']);
});

test('H-5: amount and severity decide who approves, up to and including the limit', () => {
  expect(group.approval({ amountCents: 500_000, severity: 'general' })).toEqual({
    rule: 'H-5.small',
    approverRole: 'supervisor',
    source: '·',
  });
  expect(group.approval({ amountCents: 500_001, severity: 'general' }).approverRole).toBe('administrator');
  expect(group.approval({ amountCents: 1, severity: 'major' }).approverRole).toBe('administrator');
});

test('H-5: a higher role may approve what a lower one may; auditors and services never', () => {
  expect(group.mayApprove('administrator', 'supervisor')).toBe(true);
  expect(group.mayApprove('supervisor', 'administrator')).toBe(false);
  expect(group.mayApprove('auditor', 'agent')).toBe(false);
  expect(group.mayApprove('service', 'agent')).toBe(false);
});

test('a wrong pack is refused with file, line, column, path and reason', () => {
  expect(faultsOf(text.replace('budget: 2d', 'budget: 0d'))).toEqual([
    `mine.yaml:${lineOf('budget: 2d')}:13 clocks.0.budget: "0d" is no budget: BUDGET_NOT_POSITIVE budget=0d`,
  ]);
  const [misspelt] = faultsOf(text.replace('countsFrom: recorded', 'countsFrom: birth'));
  expect(misspelt).toContain(`mine.yaml:${lineOf('countsFrom: recorded')}:17 clocks.0.countsFrom: `);
  expect(misspelt).toContain('recorded');
});

test('a pack that is no YAML, has a key nobody knows, an id twice or a gap in its matrix is refused', () => {
  expect(faultsOf(text.replace('id: group', 'id: [group'))[0]).toMatch(/^mine\.yaml:\d+:\d+ /);
  expect(faultsOf(`${text}\ncolour: red\n`)[0]).toContain('colour');
  expect(faultsOf(text.replace('id: other', 'id: sales_management'))[0]).toContain('twice');
  expect(faultsOf(text.replace('{ id: H-5.large, ', '{ id: H-5.large, upToCents: 900000, '))[0]).toContain(
    'every amount',
  );
});

test('every number of the pack says where it comes from', () => {
  expect(faultsOf(text.replace(", source: 'S-1 [G]' }", ' }'))[0]).toMatch(/severities\.0\.source/);
});

test('editors: every shipped pack names the schema that lies there, and keeps it; a wrong pack does not', () => {
  // Zod reads patterns without the flag u, which a validator of JSON Schema sets.
  const plain = JSON.stringify(packJsonSchema()).replaceAll('\\\\p{L}\\\\p{N}', '\\\\w');
  const schema = z.fromJSONSchema(JSON.parse(plain) as never);
  for (const { fileName, text: pack } of shippedPacks()) {
    const [, path] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(pack)!;
    // Compiled files lie one folder deeper than their sources.
    const folder = join(import.meta.dirname, '../../../libs/policy', fileName, '..');
    expect(JSON.parse(readFileSync(join(folder, path!), 'utf8'))).toEqual(JSON.parse(JSON.stringify(packJsonSchema())));
    expect(schema.safeParse(packContent(pack)).error).toBeUndefined();
    expect(schema.safeParse({ ...packContent(pack), clock: [] }).success).toBe(false);
  }
});

describe('what a version rules otherwise', () => {
  const differences = (change: (it: string) => string): readonly string[] => packDifferences(text, change(text));

  test('nothing where only words of comment, the order of fields or of sections differ', () => {
    expect(differences((it) => `${it}\n# more\n`)).toEqual([]);
    expect(
      differences((it) => it.replace("{ tolerance: 30m, source: '·' }", "{ source: '·', tolerance: 30m }")),
    ).toEqual([]);
  });

  test('per rule what changes, what is new, what is gone, and what moved where the order rules', () => {
    expect(differences((it) => it.replace('budget: 2d', 'budget: 1d'))).toEqual(['clocks', '  K-1 budget: 2d → 1d']);
    expect(differences((it) => it.replace('id: K-2.result', 'id: K-9'))).toEqual([
      'clocks',
      '  - K-2.result (K-2 [G]; time ·)',
      expect.stringMatching(/^ {2}\+ K-9: \{ label: .*budget: 2d/),
    ]);
    expect(differences((it) => it.replace('period: 14d', 'period: 7d'))).toEqual(['notice', '  period: 14d → 7d']);
    const small = /.*H-5.small.*\n/.exec(text)![0];
    expect(differences((it) => it.replace(small, ''))).toEqual(['compensation', '  - matrix.H-5.small (·)']);
    const media = /.*S-1.media.*\n/.exec(text)![0];
    expect(differences((it) => it.replace(media, '').replace('severities:\n', `severities:\n${media}`))).toEqual([
      'severities',
      '  S-1.media stands elsewhere in the order',
      '  S-1.litigation stands elsewhere in the order',
    ]);
  });
});

describe('V-2, C-1: what a pack says of customers is checked', () => {
  const visit = (from: string, to: string): readonly string[] => faultsOf(text.replace(from, to));

  test.each([
    [
      'a milestone that there is not',
      'milestone: signed\n    # Who',
      'milestone: married\n    # Who',
      'milestone "married"',
    ],
    ['a repetition that does not lead on', 'repeatsEvery: 12mo', 'repeatsEvery: 1h', 'at least one day'],
    ['a time back', 'opensAfter: 12mo', 'opensAfter: -12mo', 'BUDGET_NOT_POSITIVE'],
    [
      'a calendar that there is not',
      'lapsesAfter: 6mo\n    calendar: office',
      'lapsesAfter: 6mo\n    calendar: shop',
      'calendar "shop"',
    ],
    ['an owner by a milestone that there is not', 'when: { milestone: signed }', 'when: { milestone: met }', '"met"'],
    ['a duty of a tier that there is not', 'when: { milestone: signed }', 'when: { tiers: [gold] }', 'tier "gold"'],
    ['a duty that does not lead on', 'budget: 12mo', 'budget: 1h', 'at least one day'],
    ['a ground that counts nothing', 'atLeast: 2\n      source', 'source', 'milestone and atLeast together'],
  ])('%s is refused with its line and reason', (_, from, to, reason) => {
    expect(visit(from, to)).toEqual(expect.arrayContaining([expect.stringContaining(reason)]));
    expect(visit(from, to)[0]).toMatch(/^mine\.yaml:\d+:\d+ /);
  });

  test('a pack that is silent has tiers and milestones of ours, marked so', () => {
    const silent = loadPack(packTextWithout('customers'), 'mine.yaml').customers;
    expect(silent.milestones.map(({ id, source }) => [id, source])).toEqual([
      ['signed', '·'],
      ['handed_over', '·'],
    ]);
  });
});

/** The group's pack without one of its sections. */
function packTextWithout(section: string): string {
  const from = text.indexOf(`\n${section}:\n`) + 1;
  const end = /\n\n/g;
  end.lastIndex = from;
  return text.slice(0, from) + text.slice(end.exec(text)!.index + 1);
}
