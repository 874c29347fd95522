import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { complaintLike } from './testing/asked.js';
import { groupPack, loadPack, WrongPack } from './index.js';

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
