import type { ClockOf } from '../events.js';
import type { CaseState, ClockRun, RunPause } from '../state.js';
import { without, type EventOf, type Folds } from './fold.js';

/** K-7…K-10: each run of a clock with its verdict. */
export const CLOCKS: Folds<
  | 'DeadlineSet'
  | 'DeadlineWarned'
  | 'ClockPaused'
  | 'ClockResumed'
  | 'DeadlineMoved'
  | 'DeadlineMet'
  | 'DeadlineMissed'
  | 'DeadlineFulfilledLate'
  | 'DeadlineCancelled'
  | 'VerdictCorrected'
> = {
  DeadlineSet: (state, event) =>
    changedRun(state, event.data, (run) => {
      const { pauses = [], countsFrom, source, cause, continues } = event.data;
      const known = event.meta.historical === true ? event.data.startsAt : knownAt(event);
      const begun: Changing<ClockRun> = { ...dueBy(run, event, known) };
      begun.countsFrom = countsFrom;
      begun.source = source;
      begun.begunAt = event.meta.occurredAt;
      if (cause !== undefined) begun.cause = cause;
      if (continues !== undefined) begun.continues = continues;
      if (pauses.length > 0) begun.pauses = [...pauses.map((pause) => ({ number: 0, ...pause })), ...run.pauses];
      return standing(begun);
    }),
  DeadlineWarned: (state, { data }) =>
    changedRun(state, data, (run) => ({ ...run, warned: [...run.warned, data.percent] })),
  ClockPaused: (state, { data }) =>
    changedRun(state, data, (run) => withPause(run, { number: data.pause, from: data.at })),
  ClockResumed: (state, event) =>
    changedRun(state, event.data, (run) => {
      const { pause, pausedAt, at } = event.data;
      return withPause(dueBy(run, event, knownAt(event)), { number: pause, from: pausedAt, to: at });
    }),
  DeadlineMoved: (state, event) => changedRun(state, event.data, (run) => dueBy(run, event, knownAt(event))),
  DeadlineMet: (state, event) => ruled(state, event, { state: 'met', endedAt: event.data.metAt }),
  DeadlineMissed: (state, event) => ruled(state, event, { state: 'missed' }),
  DeadlineFulfilledLate: (state, { data }) => changedRun(state, data, (run) => ({ ...run, fulfilledAt: data.doneAt })),
  DeadlineCancelled: (state, event) => ruled(state, event, { state: 'cancelled', endedAt: event.meta.occurredAt }),
  VerdictCorrected: (state, event) => {
    const { to, metAt } = event.data;
    if (to === 'running' || to === 'missed') return ruled(state, event, { state: to });
    return ruled(state, event, { state: to, endedAt: metAt ?? event.meta.occurredAt });
  },
};

/** A copy that is not a run yet: filling it in is faster than putting it together from many. */
type Changing<T> = { -readonly [K in keyof T]: T[K] };

type DueEvent = EventOf<'DeadlineSet' | 'ClockResumed' | 'DeadlineMoved'>;
type VerdictEvent = EventOf<'DeadlineMet' | 'DeadlineMissed' | 'DeadlineCancelled' | 'VerdictCorrected'>;

/** What the engine settled was known when it was due, whenever it was recorded (EVENTS.md 12). */
const knownAt = ({ meta: { actor, occurredAt, recordedAt } }: DueEvent): string =>
  actor.role === 'engine' ? occurredAt : recordedAt;

/**
 * The last due instant holds with all that it rests on, and the last verdict; last is who stands later in the log, in
 * whatever order they are folded (EVENTS.md 16).
 */
function dueBy(run: ClockRun, { data, revision }: DueEvent, known: string): ClockRun {
  if (run.dueBy > revision) return run;
  const { dueAt, budget, calendar, provisionalYears, warnings } = data;
  const due: Changing<ClockRun> = { ...without(run, ['calendar', 'provisionalYears', 'warnings']) };
  due.dueAt = dueAt;
  due.budget = budget;
  if (calendar !== undefined) due.calendar = calendar;
  if (provisionalYears !== undefined) due.provisionalYears = provisionalYears;
  if (warnings !== undefined) due.warnings = warnings;
  if ('startsAt' in data) due.startsAt = data.startsAt;
  due.dueBy = revision;
  due.knownAt = known;
  return due;
}

function ruled(
  state: CaseState,
  { data, id, revision }: VerdictEvent,
  verdict: Pick<ClockRun, 'state' | 'endedAt'>,
): CaseState {
  return changedRun(state, data, (run) => {
    if (run.ruledBy > revision) return run;
    return standing({ ...without(run, ['endedAt']), ...verdict, ruledBy: revision, ruling: id });
  });
}

/** A run without a verdict stands still while a pause is open. */
function standing(run: ClockRun): ClockRun {
  if (run.state !== 'running' && run.state !== 'paused') return run;
  const state = run.pauses.some(({ to }) => to === undefined) ? 'paused' : 'running';
  return state === run.state ? run : { ...run, state };
}

/** The end of a pause may be folded before its beginning. */
const withPause = (run: ClockRun, pause: RunPause): ClockRun => {
  const known = run.pauses.find(({ number }) => number === pause.number);
  if (known === undefined) return standing({ ...run, pauses: [...run.pauses, pause] });
  return standing({ ...run, pauses: run.pauses.map((it) => (it === known ? { ...known, ...pause } : it)) });
};

function changedRun(state: CaseState, about: ClockOf, change: (run: ClockRun) => ClockRun): CaseState {
  const index = state.clocks.findIndex(({ clock, run }) => clock === about.clock && run === about.run);
  const run = change(state.clocks[index] ?? unseen(about));
  return { ...state, clocks: index < 0 ? [...state.clocks, run] : state.clocks.with(index, run) };
}

/** A run whose beginning has not been folded yet. */
const unseen = ({ clock, run }: ClockOf): ClockRun => ({
  clock,
  run,
  countsFrom: 'given',
  startsAt: '',
  dueAt: '',
  budget: 'given',
  source: '',
  state: 'running',
  pauses: [],
  warned: [],
  begunAt: '',
  knownAt: '',
  dueBy: -1,
  ruledBy: -1,
});
