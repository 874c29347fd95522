import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SNAPSHOTS } from '#calendar';
import { isRefusal, type Instant } from '#kernel';
import { Calendars, loadPack } from '#policy';
import { caseCommand } from '../commands.js';
import type { CommandName } from '../domain/index.js';
import { Desk, live, lives, MONDAY, RICH, richPack } from '../testing/index.js';
import { explainClocks, type ClockExplanation } from './index.js';

const HOUR_MS = 3_600_000;

/** Sends a command that must be taken. */
function send(desk: Desk, at: Instant, name: CommandName, command: object = {}): void {
  const answer = desk.send(caseCommand(name).decide, command, { at });
  if (isRefusal(answer)) throw new Error(`${name} was refused: ${answer.code}`);
}

function explain(desk: Desk, clock: string, run = 1): ClockExplanation {
  const { events, state, policy, now: at } = desk;
  return explainClocks({ events, state, policy, at }).find((it) => it.clock === clock && it.run === run)!;
}

const received = (persons = 1, desk = new Desk(richPack)): Desk => {
  send(desk, MONDAY, 'ReceiveCase', { kind: 'complaint', channel: 'phone', content: 'x', persons });
  return desk;
};

const shape = ({ counting }: ClockExplanation): unknown =>
  'segments' in counting
    ? counting.segments.map(({ kind, from, to }) => [kind, from.slice(5, 16), to.slice(5, 16)])
    : counting;

test('K-9: a deadline names what it counts from, the event that started it, its rule, policy and calendar', () => {
  const desk = received();
  send(desk, '2026-01-05T02:00:00.000Z', 'AcceptCase', { occurredAt: '2026-01-05T01:30:00.000Z' });
  const of = explain(desk, 'solution');
  expect(of).toMatchObject({
    run: 1,
    runs: 1,
    state: 'running',
    source: '·',
    label: { zh: '解决', en: 'Solution' },
    policy: { pack: 'group', version: '1' },
    countsFrom: 'accepted',
    startedBy: {
      type: 'CaseAccepted',
      occurredAt: '2026-01-05T01:30:00.000Z',
      recordedAt: '2026-01-05T02:00:00.000Z',
      actor: { id: 'li' },
    },
    startsAt: '2026-01-05T01:30:00.000Z',
    budget: 'PT16H',
    warnings: [{ percent: 75, given: false }],
    counting: { how: 'counted', measure: 'open', budgetMs: 16 * HOUR_MS, zone: 'Asia/Shanghai' },
  });
  expect(of.calendar).toEqual({
    name: 'china-office',
    version: 'calendarVersion' in of.counting ? of.counting.calendarVersion : '',
  });
});

test('K-9: each running and closed stretch is shown, and what runs adds up to the budget', () => {
  const desk = received();
  send(desk, MONDAY, 'AcceptCase');
  const of = explain(desk, 'solution');
  expect(shape(of)).toEqual([
    ['running', '01-05T01:00', '01-05T09:30'],
    ['closed', '01-05T09:30', '01-06T01:00'],
    ['running', '01-06T01:00', '01-06T08:30'],
  ]);
  expect(of.counting).toMatchObject({ countedMs: 16 * HOUR_MS });
});

test('K-9: a pause is a stretch of its own; while it lasts what is left is said, and no end is made up', () => {
  const desk = received();
  send(desk, MONDAY, 'AcceptCase');
  send(desk, '2026-01-05T03:00:00.000Z', 'StartWaiting', { waitingFor: 'customer' });
  send(desk, '2026-01-05T05:00:00.000Z', 'AddNote', { text: 'x' });
  const paused = explain(desk, 'solution');
  expect(paused.state).toBe('paused');
  expect(shape(paused)).toEqual([
    ['running', '01-05T01:00', '01-05T03:00'],
    ['paused', '01-05T03:00', '01-05T05:00'],
  ]);
  expect(paused.counting).toMatchObject({ countedMs: 2 * HOUR_MS, leftMs: 14 * HOUR_MS });
  send(desk, '2026-01-05T06:00:00.000Z', 'EndWaiting');
  const resumed = explain(desk, 'solution');
  expect(shape(resumed)).toEqual([
    ['running', '01-05T01:00', '01-05T03:00'],
    ['paused', '01-05T03:00', '01-05T06:00'],
    ['running', '01-05T06:00', '01-05T09:30'],
    ['closed', '01-05T09:30', '01-06T01:00'],
    ['running', '01-06T01:00', '01-06T09:30'],
    ['closed', '01-06T09:30', '01-07T01:00'],
    ['running', '01-07T01:00', '01-07T03:00'],
  ]);
  expect(
    resumed.steps.map(({ type, cause, due }) => [
      type,
      cause?.type,
      due?.before?.slice(5, 16),
      due?.after.slice(5, 16),
    ]),
  ).toEqual([
    ['DeadlineSet', 'CaseAccepted', undefined, '01-06T08:30'],
    ['ClockPaused', 'WaitingStarted', undefined, undefined],
    ['ClockResumed', 'WaitingEnded', '01-06T08:30', '01-07T03:00'],
  ]);
});

test('K-9: another priority is a move with before, after and its cause; it counts by the new budget from its own start', () => {
  const desk = received();
  send(desk, MONDAY, 'AcceptCase');
  send(desk, '2026-01-05T02:00:00.000Z', 'GrowGroup', { persons: 3 });
  const [bySeverity, solution] = [explain(desk, 'by-severity'), explain(desk, 'solution')];
  expect(bySeverity.steps.at(-1)).toMatchObject({
    type: 'DeadlineMoved',
    data: { reasonCode: 'PRIORITY_CHANGED' },
    cause: { type: 'SeverityRaised' },
    due: { before: '2026-01-07T01:00:00.000Z', after: '2026-01-06T01:00:00.000Z' },
  });
  expect(bySeverity.counting).toMatchObject({ how: 'counted', measure: 'working-days', workingDays: ['2026-01-06'] });
  expect(solution).toMatchObject({ startsAt: '2026-01-05T02:00:00.000Z', counting: { budgetMs: 8 * HOUR_MS } });
});

test('K-9: warnings, verdict, who owed it, and what was done late stand in their order', () => {
  const desk = received();
  send(desk, '2026-01-05T02:00:00.000Z', 'AssignCase', { unit: 'property', owner: 'zhao' });
  send(desk, '2026-01-12T01:00:00.000Z', 'GiveReply', { channel: 'phone', text: 'x' });
  const of = explain(desk, 'by-severity');
  expect(of).toMatchObject({
    state: 'missed',
    verdict: 'missed',
    owedBy: ['zhao', 'property', 'head'],
    fulfilledAt: desk.now,
  });
  expect(of.steps.map(({ type, cause }) => [type, cause?.type])).toEqual([
    ['DeadlineSet', 'CaseReceived'],
    ['DeadlineWarned', undefined],
    ['DeadlineWarned', undefined],
    ['DeadlineMissed', undefined],
    ['DeadlineFulfilledLate', 'ReplyGiven'],
  ]);
  expect(of.warnings).toMatchObject([
    { percent: 50, given: true },
    { percent: 90, given: true },
  ]);
});

test('K-9: a corrected verdict names the event by which it was learnt', () => {
  const desk = received();
  send(desk, '2026-01-12T01:00:00.000Z', 'GiveReply', {
    channel: 'phone',
    text: 'x',
    occurredAt: '2026-01-06T01:00:00.000Z',
  });
  const of = explain(desk, 'by-severity');
  expect(of.steps.at(-1)).toMatchObject({
    type: 'VerdictCorrected',
    data: { from: 'missed', to: 'met' },
    cause: { type: 'ReplyGiven' },
  });
  expect(of).toMatchObject({ state: 'met', endedAt: '2026-01-06T01:00:00.000Z' });
});

test('K-9: a promise was named, not counted', () => {
  const desk = received();
  send(desk, MONDAY, 'AcceptCase');
  send(desk, MONDAY, 'MakePromise', { dueAt: '2026-01-06T01:00:00.000Z', text: 'x' });
  expect(explain(desk, 'promise')).toMatchObject({
    countsFrom: 'given',
    startedBy: { type: 'PromiseMade' },
    counting: { how: 'given', countedMs: 24 * HOUR_MS },
  });
});

test('K-9: what is known of the calendar today is not leant on; what it cannot lead to is said to be unlike', () => {
  const cn = SNAPSHOTS.at(-1)!;
  // The first of May 2026 was a day like any other while nobody had announced that year.
  const before = { ...cn, id: 'cn-2025', published: cn.published.filter((year) => year < 2026) };
  const known = new Calendars([{ snapshot: before, since: '' }]);
  const desk = received(1, new Desk(loadPack(RICH, 'rich.yaml', known)));
  send(desk, '2026-04-30T05:00:00.000Z', 'AcceptCase');
  const then = explain(desk, 'solution');
  expect(then).toMatchObject({ provisionalYears: [2026], counting: { how: 'counted' } });
  known.publish(cn, '2026-05-01T00:00:00.000Z');
  expect(explain(desk, 'solution').counting).toEqual(then.counting);
  const { events, state, now: at } = desk;
  const asKnownNow = explainClocks({ events, state, policy: richPack, at });
  const { counting } = asKnownNow.find(({ clock }) => clock === 'solution')!;
  expect(counting).toEqual({
    how: 'unlike',
    dueAt: expect.any(String),
    calendarVersion: expect.stringContaining('cn'),
  });
});

test('K-9: for every run of random lives the stretches lie end to end, and what runs is the budget', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(lives(), (draws) => {
      const desk = new Desk(richPack);
      live(draws, desk);
      const { events, state, policy, now: at } = desk;
      for (const of of explainClocks({ events, state, policy, at })) {
        const { counting } = of;
        seen.add(`${counting.how} ${'measure' in counting ? counting.measure : ''} ${of.state}`);
        if (counting.how === 'unlike') throw new Error(`${of.clock}#${of.run} is not as recorded`);
        const { segments } = counting;
        segments.slice(1).forEach(({ from }, index) => expect(from).toBe(segments[index]!.to));
        if (segments.length > 0) expect(segments[0]!.from).toBe(of.startsAt < of.dueAt ? of.startsAt : of.dueAt);
        const runningMs = segments.reduce(
          (sum, { kind, countedMs }) => (kind === 'running' ? sum + countedMs : sum),
          0,
        );
        expect(runningMs).toBe(counting.countedMs);
        if (counting.how === 'given') continue;
        const { budgetMs, leftMs } = counting;
        if (budgetMs !== undefined) expect(runningMs + (leftMs ?? 0)).toBe(budgetMs);
        if (leftMs === undefined) expect(segments.at(-1)!.to).toBe(of.dueAt);
        for (const { cause } of of.steps.filter(({ type }) => NEEDS_CAUSE.has(type))) expect(cause).toBeDefined();
      }
    }),
    // With a seed, because what is seen of a few lives must be seen every time.
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 500), seed: 8 },
  );
  for (const kind of ['counted open paused', 'counted open met', 'counted elapsed missed', 'counted months running'])
    expect([...seen]).toContain(kind);
});

/** All but what time alone brings. */
const NEEDS_CAUSE: ReadonlySet<string> = new Set([
  'DeadlineSet',
  'DeadlineMoved',
  'ClockPaused',
  'ClockResumed',
  'DeadlineMet',
  'DeadlineFulfilledLate',
  'DeadlineCancelled',
  'VerdictCorrected',
]);
