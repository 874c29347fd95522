import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '#kernel';
import { complaintLike } from './testing/asked.js';
import { groupPack, loadPack, WrongPack, type CaseAsked, type Occurrence, type Policy } from './index.js';

const MONDAY = '2026-01-05T01:00:00.000Z';
const complaint = complaintLike();
const happened = (type: string, data: JsonObject = {}, of: Partial<CaseAsked> = {}): Occurrence => ({
  type,
  data,
  case: { ...complaint, ...of },
});

/** A pack with one clock, some of whose lines are changed. */
const packWith = (clock: string, more = ''): string => `
id: test
version: '1'
name: { zh: 测试, en: test }
categories: [{ id: other, label: { zh: 其他, en: Other } }]
severities: []
${more}
clocks:
  - id: answer
    label: { zh: 答复, en: Answer }
    countsFrom: recorded
    startsOn: [{ event: CaseReceived }]
    metBy: [{ event: ReplyGiven }]
    source: '·'
    ${clock}
compensation: { currency: CNY, matrix: [{ id: all, approverRole: supervisor, source: '·' }] }
`;
const load = (clock: string, more?: string): Policy => loadPack(packWith(clock, more), 'test.yaml');
const dueOf = (policy: Policy, startsAt = MONDAY) => {
  const rule = policy.clock('answer')!;
  return policy.reckon(rule, policy.budgetOf(rule, complaint), { startsAt, pauses: [], knownAt: MONDAY });
};
const faults = (clock: string, more?: string): string => {
  try {
    load(clock, more);
  } catch (error) {
    return (error as WrongPack).faults.join('\n');
  }
  throw new Error('the pack was taken');
};

describe('the group pack', () => {
  const group = groupPack();
  const started = (of: Occurrence) => group.clocksStartedBy(of, 'startsOn').map(({ id }) => id);

  test('K-1, K-2: a complaint is owed a first reply and a plan within two days of its recording; a request is not', () => {
    expect(started(happened('CaseReceived'))).toEqual(['K-1', 'K-2.plan']);
    expect(group.clock('K-1')).toMatchObject({ countsFrom: 'recorded', source: 'K-1 [G]', budget: { text: '2d' } });
    expect(started(happened('CaseReceived', {}, { kind: 'request' }))).toEqual([]);
  });

  test('K-1: a reply meets the clock, a small matter answered at once too; declining or withdrawing cancels it', () => {
    const effect = (type: string, data?: JsonObject) => group.effectOn('K-1', happened(type, data));
    expect(effect('ReplyGiven')).toBe('met');
    expect(effect('CaseReceived', { answeredAtOnce: true })).toBe('met');
    expect(effect('CaseReceived')).toBeUndefined();
    expect([effect('CaseDeclined'), effect('CaseWithdrawn'), effect('CaseClosed')]).toEqual(Array(3).fill('cancelled'));
    expect(effect('CaseAssigned')).toBeUndefined();
  });

  test('K-4: major is reported at once, which is half an hour; important within a working day of the office', () => {
    const [major] = group.clocksStartedBy(happened('SeverityRaised', { to: 'major' }), 'startsOn');
    const [important] = group.clocksStartedBy(happened('SeverityRaised', { to: 'important' }), 'startsOn');
    const span = { startsAt: MONDAY, pauses: [], knownAt: MONDAY };
    expect(group.reckon(major!, major!.budget, span)).toEqual({
      dueAt: '2026-01-05T01:30:00.000Z',
      budget: 'immediately',
    });
    expect(group.reckon(important!, important!.budget, span)).toMatchObject({
      dueAt: '2026-01-06T01:00:00.000Z',
      calendar: { name: 'office', version: expect.stringContaining('cn-2026') },
    });
  });
});

describe('K-7: budgets and warnings', () => {
  test('open hours are counted on the calendar of the clock; a warning at three quarters of them', () => {
    expect(dueOf(load('budget: PT12H\n    calendar: china-office\n    warnAt: [75]'))).toEqual({
      // Eight and a half hours on Monday, three and a half on Tuesday; nine of twelve are over on Tuesday at 9:30.
      dueAt: '2026-01-06T04:30:00.000Z',
      budget: 'PT12H',
      calendar: { name: 'china-office', version: expect.any(String) },
      warnings: [{ percent: 75, at: '2026-01-06T01:30:00.000Z' }],
    });
  });

  test('working days warn after a part of their open time, months after a part of what elapses', () => {
    const days = dueOf(load('budget: 2bd@close\n    calendar: china-office\n    warnAt: [50]'));
    // From Monday 9:00 to the close of Wednesday are 25.5 open hours; half of them end on Tuesday at 13:15.
    expect(days).toMatchObject({
      dueAt: '2026-01-07T09:30:00.000Z',
      warnings: [{ percent: 50, at: '2026-01-06T05:15:00.000Z' }],
    });
    const month = dueOf(load('budget: 1mo\n    calendar: china-office\n    warnAt: [50]'));
    expect(month).toMatchObject({
      dueAt: '2026-02-05T01:00:00.000Z',
      warnings: [{ percent: 50, at: '2026-01-20T13:00:00.000Z' }],
    });
  });

  test('the first budget whose condition holds is taken, else the clock’s own', () => {
    const policy = load(
      'budget: 2d\n    budgets: [{ when: case.severity == "major", budget: 2h }, { when: case.persons >= 3, budget: 1d }]',
    );
    const rule = policy.clock('answer')!;
    const of = (asked: Partial<CaseAsked>) => policy.written(policy.budgetOf(rule, { ...complaint, ...asked }));
    expect([of({}), of({ persons: 3 }), of({ persons: 3, severity: 'major' })]).toEqual(['2d', '1d', '2h']);
  });

  test('K-10: a deadline into a year whose holidays nobody has announced is provisional and names the year', () => {
    const policy = load('budget: 3bd\n    calendar: china-office');
    expect(dueOf(policy, '2026-12-30T01:00:00.000Z')).toMatchObject({ provisionalYears: [2027] });
    expect(dueOf(policy, '2026-12-01T01:00:00.000Z')).not.toHaveProperty('provisionalYears');
  });
});

const UNZONED = `calendars: { x: { zone: Mars/Base, week: { mon: [['09:00', '10:00']] } } }`;

describe('a wrong pack is refused, with place and reason', () => {
  test.each([
    ['a negative budget', 'budget: -2d', undefined, 'BUDGET_NOT_POSITIVE'],
    ['no budget at all', 'budget: soon', undefined, 'BUDGET_MALFORMED'],
    ['a calendar too poor for the budget', 'budget: PT9000H\n    calendar: slow', SLOW(), 'BUDGET_TOO_LONG'],
    ['an unknown zone', 'budget: 2d', UNZONED, 'UNKNOWN_ZONE'],
    ['a calendar without working time', 'budget: 2d', 'calendars: { x: { zone: UTC } }', 'WITHOUT_WORKING_TIME'],
    ['a calendar that is not there', 'budget: PT8H\n    calendar: moon', undefined, 'there is no calendar "moon"'],
    ['open hours without a calendar', 'budget: PT8H', undefined, 'name one in "calendar"'],
    ['immediately without a tolerance', 'budget: immediately', undefined, 'must say what "immediately" tolerates'],
    [
      'a repetition of zero length',
      'budget: 0d\n    restartsOn: [{ event: DeadlineMissed }]',
      undefined,
      'NOT_POSITIVE',
    ],
    ['a pause without end', 'budget: 2d\n    pausedBy: [{ event: WaitingStarted }]', undefined, 'resumedBy'],
    ['a condition that is none', 'budget: 2d\n    when: case.kind ==', undefined, 'is no condition'],
    ['a condition on what no case has', 'budget: 2d\n    when: case.colour == "red"', undefined, 'colour'],
    ['a condition that is no question', 'budget: 2d\n    when: case.kind', undefined, 'no question of yes or no'],
    ['an event that there is not', 'budget: 2d\n    cancelledBy: [{ event: CaseEaten }]', undefined, 'expected one of'],
  ])('%s', (_name, clock, more, reason) => {
    expect(faults(clock, more)).toMatch(/^test\.yaml:\d+:\d+ /);
    expect(faults(clock, more)).toContain(reason);
  });

  test('a budget of more than 50 years by itself', () => {
    expect(faults('budget: 601mo\n    calendar: china-office')).toContain('BUDGET_TOO_LONG');
    expect(faults('budget: 20000d')).toContain('BUDGET_TOO_LONG');
  });

  test('an escalation whose level below another does not say how long it waits', () => {
    const levels = '[{ to: [owner] }, { to: [head] }]';
    const chain = `escalations: [{ id: e, label: { zh: 升级, en: Up }, levels: ${levels}, source: '·' }]`;
    expect(faults('budget: 2d', chain)).toContain('escalations.0.levels.0: a level below another');
  });
});

/** A place that is open for an hour a year. */
function SLOW(): string {
  return `calendars: { slow: { zone: UTC, days: { '2026-01-05': [['09:00', '10:00']] } } }`;
}

test('every word of the group pack names its source', () => {
  const text = readFileSync(join(import.meta.dirname, 'packs/group.yaml'), 'utf8');
  for (const { id, source } of [...groupPack().clocks, ...groupPack().escalations]) {
    expect([id, source]).toEqual([id, expect.stringMatching(/\[G\]|·/)]);
  }
  expect(text).toContain('[G]');
});
