import { describe, expect, test } from '@jest/globals';
import { addNote } from '../add-note/index.js';
import { obstaclesBefore, type RecordedCaseEvent } from '../domain/index.js';
import { administrator, agent, Desk } from '../testing/index.js';
import { importHistory, type HistoricalEntry, type ImportHistory } from './index.js';

const past = (command: Partial<ImportHistory> = {}): ImportHistory => ({
  sourceKey: 'INC-1',
  source: 'incident-log',
  mapping: 'incident-log@1',
  kind: 'request',
  channel: 'phone',
  persons: 1,
  circumstances: [],
  openedAt: '2020-03-01T08:00:00.000Z',
  takenOverAt: '2026-01-01T00:00:00.000Z',
  entries: [],
  ...command,
});

const at = (day: number, entry: Partial<HistoricalEntry> = {}): HistoricalEntry => ({
  at: `2020-03-${String(day).padStart(2, '0')}T08:00:00.000Z`,
  ...entry,
});

function imported(command: Partial<ImportHistory>): Desk {
  const desk = new Desk();
  expect(desk.send(importHistory, past(command), { actor: administrator })).not.toMatchObject({ refused: true });
  return desk;
}

const types = (desk: Desk): string[] => desk.events.map(({ type }) => type);

const irregular = (desk: Desk): unknown[] =>
  desk.events.flatMap((event) => (event.type === 'SourceEntryRecorded' ? [event.data.irregular ?? []] : []));

const only = <T extends RecordedCaseEvent['type']>(desk: Desk, type: T): Extract<RecordedCaseEvent, { type: T }>[] =>
  desk.events.filter((event): event is Extract<RecordedCaseEvent, { type: T }> => event.type === type);

test('EVENTS 18: a life is recorded as it was, every event at its instant and marked, up to the take-over', () => {
  const desk = imported({
    entries: [
      at(1, { state: 'New', line: 2 }),
      at(2, { state: 'Active', phase: 'handling', unit: 'Group 56', owner: 'Resolver 8' }),
      at(3, { state: 'Awaiting user', phase: 'waiting', waitingFor: 'customer' }),
      at(4, { phase: 'resolved', outcome: 'explained', replied: true }),
      at(5, { phase: 'closed', statedVerdict: 'ONTIME', text: 'done' }),
    ],
  });
  expect(types(desk)).toEqual([
    'CaseReceived',
    'HistoryImported',
    'SourceEntryRecorded',
    'SourceEntryRecorded',
    'CaseAssigned',
    'CaseAccepted',
    'SourceEntryRecorded',
    'WaitingStarted',
    'SourceEntryRecorded',
    'ReplyGiven',
    'WaitingEnded',
    'CaseResolved',
    'SourceEntryRecorded',
    'CaseClosed',
    'TakenOver',
  ]);
  expect(desk.events.every(({ meta }) => meta.historical === true)).toBe(true);
  expect(only(desk, 'CaseResolved')[0]?.meta.occurredAt).toBe('2020-03-04T08:00:00.000Z');
  expect(irregular(desk)).toEqual([[], [], [], [], []]);
  expect(desk.state).toMatchObject({ phase: 'closed', historical: true, takenOverAt: '2026-01-01T00:00:00.000Z' });
});

test('EVENTS 18: history starts no timer and is not graded by rules before the take-over', () => {
  const desk = imported({ kind: 'complaint', persons: 12, entries: [at(2, { phase: 'handling' })] });
  expect(desk.state.clocks).toEqual([]);
  expect(types(desk).slice(-3)).toEqual(['TakenOver', 'SeverityRaised', 'GroundEstablished']);
});

describe('moves that the strict life forbids are recorded and flagged', () => {
  test('a case whose first entry is its end', () => {
    const desk = imported({ entries: [at(1, { phase: 'closed' })] });
    expect(types(desk)).toEqual(['CaseReceived', 'HistoryImported', 'SourceEntryRecorded', 'CaseClosed', 'TakenOver']);
    expect(irregular(desk)).toEqual([['CASE_NOT_ACCEPTED']]);
    expect(desk.state.phase).toBe('closed');
  });

  test('closed without a result, and back from handling to new', () => {
    const desk = imported({
      entries: [at(2, { phase: 'handling' }), at(3, { phase: 'received' }), at(4, { phase: 'closed' })],
    });
    expect(irregular(desk)).toEqual([[], ['CASE_IN_HANDLING'], ['CASE_IN_HANDLING']]);
  });

  test('out of the archive', () => {
    const desk = imported({
      entries: [at(2, { phase: 'closed' }), at(3, { phase: 'archived' }), at(4, { phase: 'handling' })],
    });
    expect(irregular(desk)).toEqual([['CASE_NOT_ACCEPTED'], [], ['CASE_ARCHIVED']]);
    expect(desk.state).toMatchObject({ phase: 'handling', reopenCount: 1 });
  });

  test('a category that the pack does not have', () => {
    const desk = imported({ category: 'Sanitation', entries: [at(2, { category: 'Street lights' })] });
    expect(irregular(desk)).toEqual([['UNKNOWN_CATEGORY']]);
    expect(desk.state.category).toBe('Street lights');
  });
});

test('reopenings count when handling is taken up again, apart from a closed case that is merely resolved again', () => {
  const desk = imported({
    entries: [
      at(2, { phase: 'handling' }),
      at(3, { phase: 'resolved' }),
      at(4, { phase: 'waiting', waitingFor: 'third_party' }),
      at(5, { phase: 'resolved' }),
      at(6, { phase: 'closed' }),
      at(7, { phase: 'received' }),
      at(8, { phase: 'resolved' }),
      at(9, { phase: 'closed' }),
      at(10, { phase: 'resolved' }),
    ],
  });
  expect(only(desk, 'CaseReopened').map(({ data }) => [data.from, data.to])).toEqual([
    ['resolved', 'handling'],
    ['closed', 'handling'],
    ['closed', 'resolved'],
  ]);
  expect(desk.state).toMatchObject({ reopenCount: 2, unclosedCount: 1, phase: 'resolved' });
  expect(irregular(desk).flat()).toEqual([]);
});

describe("the source's own target is judged by the instants at which things happened", () => {
  const targetAt = '2020-03-10T08:00:00.000Z';
  const verdict = (entries: HistoricalEntry[]): unknown[] =>
    imported({ targetAt, entries }).state.clocks.map(({ clock, run, state }) => [clock, run, state]);

  test('closed at the very instant it is met, later it is missed', () => {
    expect(verdict([at(10, { phase: 'closed' })])).toEqual([['source-target', 1, 'met']]);
    expect(verdict([at(11, { phase: 'closed' })])).toEqual([['source-target', 1, 'missed']]);
  });

  test('never closed, it is missed before the take-over, at its own instant', () => {
    const desk = imported({ targetAt, entries: [at(2, { phase: 'handling' })] });
    const missed = only(desk, 'DeadlineMissed')[0];
    expect(missed?.meta).toMatchObject({ occurredAt: targetAt, historical: true });
    expect(types(desk).slice(-2)).toEqual(['DeadlineMissed', 'TakenOver']);
  });

  test('an end that the source tells late corrects the verdict', () => {
    expect(verdict([at(20, { phase: 'handling' }), at(9, { phase: 'resolved' })])).toEqual([
      ['source-target', 1, 'met'],
    ]);
  });

  test('due after the take-over, the case lives on as any other', () => {
    const desk = imported({ targetAt: '2026-01-06T00:00:00.000Z', entries: [at(2, { phase: 'handling' })] });
    expect(desk.state.clocks[0]?.state).toBe('running');
    desk.send(addNote, { text: 'x' }, { at: '2026-01-07T00:00:00.000Z' });
    expect(only(desk, 'DeadlineMissed')[0]?.meta.historical).toBeUndefined();
  });
});

test("S-3: the source's severity is a ground of its own; a new one takes its place", () => {
  const desk = imported({
    entries: [at(2, { severity: 'important' }), at(3, { severity: 'major' }), at(4, { severity: 'general' })],
  });
  const severities = only(desk, 'SeverityRaised').map(({ data }) => data.to);
  expect(severities).toEqual(['important', 'major']);
  expect(only(desk, 'SeverityLowered').map(({ data }) => [data.from, data.to])).toEqual([
    ['major', 'major'],
    ['major', 'general'],
  ]);
  expect(desk.state.severity).toBe('general');
});

test('H-1: who handles it follows the source', () => {
  const desk = imported({
    unit: 'A',
    entries: [at(2, { owner: 'r1' }), at(3, { owner: 'r1' }), at(4, { unit: 'B' }), at(5, { unit: 'B', owner: 'r2' })],
  });
  expect([...only(desk, 'CaseAssigned'), ...only(desk, 'CaseTransferred')].map(({ data }) => data)).toEqual([
    { unit: 'A', owner: 'r1' },
    { unit: 'B', owner: 'r2' },
    { fromUnit: 'A', unit: 'B' },
  ]);
});

test('EVENTS 6: key of the source, texts and contacts are sealed', () => {
  const desk = imported({
    subject: 's',
    content: 'c',
    complainant: { name: 'Anna' },
    externalReference: '1',
    entries: [at(1, { text: 't' })],
  });
  expect(desk.events.map(({ personal }) => Object.keys(personal)).slice(0, 3)).toEqual([
    ['subject', 'content', 'complainant', 'externalReference'],
    ['sourceKey'],
    ['entry'],
  ]);
  expect(JSON.stringify(desk.events.map(({ data }) => data))).not.toMatch(/Anna|INC-1/);
});

test('what has not happened yet is no history, and agents import none', () => {
  const send = (command: Partial<ImportHistory>, actor = administrator) =>
    new Desk().send(importHistory, past(command), { actor });
  expect(send({ entries: [{ at: '2030-01-01T00:00:00.000Z' }] })).toMatchObject({ code: 'OCCURRED_IN_FUTURE' });
  expect(send({ takenOverAt: '2030-01-01T00:00:00.000Z' })).toMatchObject({ code: 'OCCURRED_IN_FUTURE' });
  expect(send({}, agent)).toMatchObject({ code: 'ROLE_NOT_ALLOWED' });
});

test('H-8: after the take-over the case must be revisited before it closes, as any other', () => {
  const desk = imported({ kind: 'complaint', entries: [at(2, { phase: 'resolved' })] });
  expect(obstaclesBefore('CloseCase', desk.state, desk.policy).map(({ code }) => code)).toEqual([
    'RETURN_VISIT_MISSING',
  ]);
});
