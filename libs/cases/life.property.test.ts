import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ENGINE } from '#kernel';
import {
  evolve,
  CASE_EVENT_TYPES,
  dutiesOf,
  highest,
  initialCase,
  legalCommands,
  obstaclesBefore,
  settle,
  type CaseState,
  type Duty,
  type RecordedCaseEvent,
} from './domain/index.js';
import { Desk, live, lives, richPack, send } from './testing/index.js';

/** 1,000 in CI; more by PROPERTY_RUNS. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 1000);

const holdsFor = (check: (desk: Desk) => void): void =>
  fc.assert(
    fc.property(lives(), (draws) => {
      const desk = new Desk(richPack);
      live(draws, desk);
      check(desk);
    }),
    { numRuns },
  );

/** When every clock has run down. */
const END = '2030-01-01T00:00:00.000Z';

const fold = (events: readonly RecordedCaseEvent[]): CaseState => events.reduce(evolve, initialCase);

test('whatever is sent, nothing throws, and folding the log anew gives the same case', () =>
  holdsFor((desk) => {
    expect(fold(desk.events)).toEqual(desk.state);
    // What a log holds goes through JSON: nothing of a state may hang on what JSON drops.
    expect(fold(JSON.parse(JSON.stringify(desk.events)) as RecordedCaseEvent[])).toEqual(desk.state);
  }));

test('random lives reach every event, so that the properties speak of all of them', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(lives(), (draws) => {
      const desk = new Desk(richPack);
      live(draws, desk);
      for (const { type } of desk.events) reached.add(type);
    }),
    { numRuns, seed: 8 },
  );
  // An erasure is no command of a case: the tools that erase write it.
  expect(CASE_EVENT_TYPES.filter((type) => !reached.has(type))).toEqual(['SubjectErased']);
});

test('folding changes neither the state it is given nor the event', () =>
  holdsFor((desk) => {
    desk.events.map(frozen).reduce((state, event) => frozen(evolve(state, event)), frozen(initialCase));
  }));

test('by occurred time: evolve takes every order without throwing, and the verdicts do not depend on it', () =>
  fc.assert(
    fc.property(lives(), fc.infiniteStream(fc.nat()), (draws, chance) => {
      const desk = new Desk(richPack);
      live(draws, desk);
      const shuffled = desk.events
        .map((event) => ({ event, drawn: chance.next().value }))
        .sort((a, b) => a.drawn - b.drawn)
        .map(({ event }) => event);
      const verdicts = (state: CaseState) =>
        state.clocks.map(({ clock, run, state: verdict, dueAt }) => `${clock}#${run} ${verdict} ${dueAt}`).sort();
      expect(verdicts(fold(shuffled))).toEqual(verdicts(desk.state));
    }),
    { numRuns },
  ));

test('EVENTS 12, K-8: timers at random moments or none give the same events', () =>
  fc.assert(
    fc.property(lives(), fc.array(fc.nat(), { minLength: 1 }), (draws, moments) => {
      const [without, withTimers] = [new Desk(richPack), new Desk(richPack)];
      const steps = live(draws, without);
      let turn = 0;
      for (const step of steps) {
        const from = Date.parse(withTimers.now);
        const gapMs = Date.parse(step.at) - from;
        const looks = moments[turn++ % moments.length]! % 4;
        const times = Array.from({ length: looks }, () => moments[turn++ % moments.length]! % (gapMs + 1));
        for (const ms of times.sort((a, b) => a - b)) withTimers.settle(new Date(from + ms).toISOString());
        send(withTimers, step);
      }
      without.settle(END);
      withTimers.settle(END);
      expect(withTimers.events.map(whatHappened)).toEqual(without.events.map(whatHappened));
    }),
    { numRuns },
  ));

test('K-7: every run of a clock is met, missed or cancelled once, and once more only where a correction let it run again', () =>
  holdsFor((desk) => {
    desk.settle(END);
    const verdicts = new Map<string, number>();
    const count = (of: { clock: string; run: number }, by: number) => {
      const name = `${of.clock}#${of.run}`;
      verdicts.set(name, (verdicts.get(name) ?? 0) + by);
    };
    for (const { type, data } of desk.events) {
      if (type === 'DeadlineMet' || type === 'DeadlineMissed' || type === 'DeadlineCancelled') count(data, 1);
      if (type === 'VerdictCorrected' && data.to === 'running') count(data, -1);
    }
    for (const { clock, run, state } of desk.state.clocks) {
      expect([clock, run, verdicts.get(`${clock}#${run}`) ?? 0]).toEqual([clock, run, state === 'paused' ? 0 : 1]);
    }
    expect(settle(desk.state, END, desk.factsOf(ENGINE))).toEqual([]);
  }));

test('K-8: the verdict is missed exactly where nothing ended the run by its due instant, or while it was paused', () =>
  holdsFor((desk) => {
    desk.settle(END);
    for (const { state, endedAt, dueAt, pauses } of desk.state.clocks) {
      if (state === 'missed' || state === 'paused') expect(endedAt).toBeUndefined();
      else expect(endedAt! <= dueAt || pauses.some(({ from, to }) => to === undefined && from <= endedAt!)).toBe(true);
    }
  }));

test('K-7: a deadline never comes nearer by a pause, and a warning never after its deadline', () =>
  holdsFor((desk) => {
    const dues = new Map<string, string>();
    for (const { type, data } of desk.events) {
      if (type !== 'DeadlineSet' && type !== 'ClockResumed' && type !== 'DeadlineMoved') continue;
      const name = `${data.clock}#${data.run}`;
      if (type === 'ClockResumed') expect(data.dueAt >= dues.get(name)!).toBe(true);
      dues.set(name, data.dueAt);
      for (const { at } of data.warnings ?? []) expect(at <= data.dueAt).toBe(true);
    }
  }));

test('E-1: a chain has one open escalation at most, and a level is followed by the next one only', () =>
  holdsFor((desk) => {
    const open = new Map<string, number>();
    for (const { type, data } of desk.events) {
      if (type !== 'CaseEscalated' || data.chain === undefined || data.reasonCode === 'x') continue;
      if (data.above !== undefined) expect(data.level).toBe(open.get(data.above)! + 1);
      open.set(data.escalationId, data.level);
    }
    for (const chain of ['grave', 'late']) {
      const standing = desk.state.escalations.filter((it) => it.chain === chain && it.state === 'open');
      expect(standing.length).toBeLessThanOrEqual(1);
    }
  }));

test('S-3: the severity is always the highest of the grounds that stand', () =>
  holdsFor((desk) => expect(desk.state.severity).toBe(highest(desk.state.grounds))));

test('a refused move tells what is legal, and what is told to be legal is not refused for its phase', () =>
  fc.assert(
    fc.property(lives(), (draws) => {
      live(draws, new Desk(richPack), ({ name, actor }, before, refusal) => {
        const told = legalCommands(before, { actor, policy: richPack }).includes(name);
        if (refusal?.code === 'NOT_CLOSED') return;
        const forMove = refusal !== undefined && 'legal' in refusal.facts;
        // What is settled first may open what a command asks to be closed.
        const forPhase = forMove && !('open' in refusal.facts);
        if (told) expect([name, refusal?.code, forPhase]).toEqual([name, refusal?.code, false]);
        if (forMove) expect(refusal.facts.legal).not.toContain(name);
      });
    }),
    { numRuns },
  ));

test('H-8: whatever keeps a case from being closed is told as a duty of somebody', () =>
  holdsFor((desk) => {
    const kinds = new Set(dutiesOf(desk.state, richPack, desk.now).map(({ kind }) => kind));
    for (const { code } of obstaclesBefore('CloseCase', desk.state, richPack)) {
      const kind = DUTIES[code];
      if (kind !== undefined && desk.state.phase === 'resolved') expect([code, kinds.has(kind)]).toEqual([code, true]);
    }
  }));

const DUTIES: Readonly<Record<string, Duty['kind']>> = {
  PLAN_UNANSWERED: 'answer_to_plan',
  APPROVAL_PENDING: 'approval',
  PROMISE_OPEN: 'promise',
  ESCALATION_OPEN: 'escalation',
  SHEET_OPEN: 'sheet',
  RETURN_VISIT_MISSING: 'visit',
};

test('H-2, H-5: no event of a recused person follows their recusal, and nobody approves what they proposed', () =>
  holdsFor((desk) => {
    const recused = new Set<string>();
    for (const event of desk.events) {
      expect(recused.has(event.meta.actor.id)).toBe(false);
      if (event.type === 'HandlerRecused') recused.add(event.data.person);
      if (event.type !== 'CompensationApproved') continue;
      const { compensationId, approvedBy } = event.data;
      const proposed = desk.state.compensations.find((it) => it.compensationId === compensationId);
      expect(proposed?.proposedBy).not.toBe(approvedBy);
    }
  }));

/** An event without the instant at which it was recorded, which for a settlement is the timer's own. */
function whatHappened({ type, data, revision, meta }: RecordedCaseEvent): unknown {
  const { recordedAt: _recordedAt, ...rest } = meta;
  return { type, data, revision, meta: rest };
}

function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
