import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  evolve,
  CASE_EVENT_TYPES,
  highest,
  initialCase,
  legalCommands,
  settle,
  type CaseState,
  type RecordedCaseEvent,
} from './domain/index.js';
import { Desk, live, lives, send } from './testing/index.js';

/** 2,000 in CI; more by PROPERTY_RUNS. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 2000);

const holdsFor = (check: (desk: Desk) => void): void =>
  fc.assert(
    fc.property(lives(), (draws) => {
      const desk = new Desk();
      live(draws, desk);
      check(desk);
    }),
    { numRuns },
  );

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
      const desk = new Desk();
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
      const desk = new Desk();
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
      const [without, withTimers] = [new Desk(), new Desk()];
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
      const end = '2030-01-01T00:00:00.000Z';
      without.settle(end);
      withTimers.settle(end);
      expect(withTimers.events.map(whatHappened)).toEqual(without.events.map(whatHappened));
    }),
    { numRuns },
  ));

test('K-7: every run of a clock is met, missed or cancelled exactly once; only a correction follows', () =>
  holdsFor((desk) => {
    desk.settle('2030-01-01T00:00:00.000Z');
    const verdicts = new Map<string, number>();
    for (const { type, data } of desk.events) {
      if (!/^Deadline(Met|Missed|Cancelled)$/.test(type)) continue;
      const { clock, run } = data as { clock: string; run: number };
      verdicts.set(`${clock}#${run}`, (verdicts.get(`${clock}#${run}`) ?? 0) + 1);
    }
    expect([...verdicts.keys()].sort()).toEqual(desk.state.clocks.map(({ clock, run }) => `${clock}#${run}`).sort());
    expect([...verdicts.values()].every((count) => count === 1)).toBe(true);
    expect(settle(desk.state, '2030-01-01T00:00:00.000Z')).toEqual([]);
  }));

test('K-8: the verdict is missed exactly where nothing ended the run by its due instant', () =>
  holdsFor((desk) => {
    desk.settle('2030-01-01T00:00:00.000Z');
    for (const { state, endedAt, dueAt } of desk.state.clocks) {
      if (state === 'missed') expect(endedAt).toBeUndefined();
      else expect(endedAt! <= dueAt).toBe(true);
    }
  }));

test('S-3: the severity is always the highest of the grounds that stand', () =>
  holdsFor((desk) => expect(desk.state.severity).toBe(highest(desk.state.grounds))));

test('a refused move tells what is legal, and what is told to be legal is not refused for its phase', () =>
  fc.assert(
    fc.property(lives(), (draws) => {
      live(draws, new Desk(), ({ name, actor }, before, refusal) => {
        const told = legalCommands(before, actor.role).includes(name);
        const forPhase = refusal !== undefined && 'legal' in refusal.facts && !('open' in refusal.facts);
        if (refusal?.code === 'NOT_CLOSED') return;
        if (told) expect([name, refusal?.code, forPhase]).toEqual([name, refusal?.code, false]);
        if (forPhase) expect(refusal.facts.legal).not.toContain(name);
      });
    }),
    { numRuns },
  ));

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
