import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { complaintLike } from './testing/asked.js';
import { groupPack, loadPack, NOTICE_CHANNELS, WrongPack } from './index.js';

const text = readFileSync(join(import.meta.dirname, 'packs/group.yaml'), 'utf8');
const notices = groupPack().notices!;

function faultsOf(from: string, to: string): readonly string[] {
  expect(text).toContain(from);
  try {
    loadPack(text.replace(from, to), 'mine.yaml');
  } catch (error) {
    return (error as WrongPack).faults;
  }
  throw new Error('the pack was taken');
}

const lineOf = (needle: string): number => text.slice(0, text.indexOf(needle)).split('\n').length;

describe('who is told of what', () => {
  const asked = complaintLike({ severity: 'major', phase: 'handling' });
  const rulesOn = (type: string, data: object) =>
    notices.rulesOn({ type, data: { ...data }, case: asked }).map(({ id, urgent }) => [id, urgent]);

  test('E-1: whom an escalation calls in is told, of a major complaint at any hour', () => {
    expect(rulesOn('CaseEscalated', { chain: 'major' })).toEqual([['E-1.major', true]]);
    expect(rulesOn('CaseEscalated', { chain: 'late' })).toEqual([['E-1.other', false]]);
    expect(rulesOn('CaseEscalated', {})).toEqual([['E-1.other', false]]);
  });

  test('K-4: who owes a report, and to whom it was made', () => {
    expect(rulesOn('SeverityRaised', { to: 'important' })).toEqual([['K-4.duty', true]]);
    expect(rulesOn('CaseReportedUp', { to: 'leaders' })).toEqual([['K-4.reported', true]]);
    expect(rulesOn('DeadlineMissed', { clock: 'K-4.major-progress' })).toEqual([['K-4.missed', true]]);
    expect(rulesOn('DeadlineMissed', { clock: 'K-1' })).toEqual([]);
  });

  test('every rule names its source and a channel there is', () => {
    const rules = loadPack(text, 'group.yaml').notices!;
    for (const type of rules.eventTypes) expect(type).toMatch(/^[A-Z]/);
    for (const { source, channels } of rules.rulesOn({ type: 'DeadlineWarned', data: {}, case: asked })) {
      expect(source).toBe('K-7 ·');
      expect(NOTICE_CHANNELS).toEqual(expect.arrayContaining([...channels]));
    }
  });
});

test('quiet hours: what is not urgent waits for the office, on a working Saturday it does not (调休)', () => {
  expect(notices.notBefore('2026-01-05T00:59:59.999Z', false)).toBe('2026-01-05T01:00:00.000Z');
  expect(notices.notBefore('2026-01-05T01:00:00.000Z', false)).toBe('2026-01-05T01:00:00.000Z');
  expect(notices.notBefore('2026-01-10T04:00:00.000Z', false)).toBe('2026-01-12T01:00:00.000Z');
  expect(notices.notBefore('2026-02-14T02:00:00.000Z', false)).toBe('2026-02-14T02:00:00.000Z');
  expect(notices.notBefore('2026-01-10T04:00:00.000Z', true)).toBe('2026-01-10T04:00:00.000Z');
});

describe('a wrong notifications section is refused with its place', () => {
  test('a placeholder that could say anything personal, or that there is not', () => {
    const from = '即将超时：{clock}，案件 {case}';
    expect(faultsOf(from, '即将超时：{complainant}')).toEqual([
      expect.stringMatching(
        new RegExp(`^mine.yaml:${lineOf(from)}:\\d+ notifications.*{complainant} is no placeholder`),
      ),
    ]);
  });

  test('a language that is missing, a subject of two lines', () => {
    expect(faultsOf("      subject:\n        zh: '即将", "      subject:\n        fr: '即将")).toHaveLength(2);
    expect(faultsOf("zh: '即将超时：{clock}，案件 {case}'", 'zh: "a\\nb"')[0]).toContain('a subject is one line');
  });

  test('a template, calendar, zone or event that there is not; a rule without its source', () => {
    expect(faultsOf('template: warned', 'template: nothing')[0]).toMatch(/there is no template "nothing".*escalated/);
    expect(faultsOf('quietOutside: { calendar: office', 'quietOutside: { calendar: moon')[0]).toContain('"moon"');
    expect(faultsOf('timeZone: Asia/Shanghai', 'timeZone: Mars/Olympus')[0]).toContain('no such time zone');
    expect(faultsOf('[{ event: DeadlineWarned }]', '[{ event: NoteAdded }]')[0]).toContain('notifications.rules');
    expect(faultsOf("      template: warned\n      source: 'K-7 ·'\n", '      template: warned\n')[0]).toContain(
      'source',
    );
  });

  test('a label that is missing, and two rules of one name', () => {
    expect(faultsOf('      promise: { zh: 承诺, en: Promise }\n', '')[0]).toContain('labels.clocks');
    expect(faultsOf('id: E-1.other', 'id: E-1.major')[0]).toContain('there twice');
  });
});
