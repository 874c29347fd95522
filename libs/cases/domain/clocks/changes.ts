import { isRefusal, laterOf, type Instant, type Refusal } from '#kernel';
import type { Occurrence, Policy, Reckoned } from '#policy';
import type { CaseEvent, MoveReason, Pause, RecordedCaseEvent } from '../events.js';
import type { CaseState, ClockRun } from '../state.js';
import { knownAt } from './occurrence.js';
import { isOpen } from './runs.js';
import { correction } from './verdicts.js';

interface Happening {
  readonly event: RecordedCaseEvent;
  readonly policy: Policy;
  readonly occurrence: Occurrence;
}

/** K-7: what pauses a run, or lets it go on. What is learnt late corrects the verdict that it makes wrong (EVENTS.md 16). */
export function pausedOrResumed(run: ClockRun, happening: Happening): readonly CaseEvent[] | Refusal {
  switch (happening.policy.effectOn(run.clock, happening.occurrence)) {
    case 'paused':
      return paused(run, happening.event);
    case 'resumed':
      return resumed(run, happening);
    default:
      return [];
  }
}

/** A time that was used up already cannot be paused: at the due instant itself nothing is left. */
function paused(run: ClockRun, event: RecordedCaseEvent): readonly CaseEvent[] {
  const at = laterOf(event.meta.occurredAt, run.startsAt);
  const { clock, run: number, fulfilledAt } = run;
  if (at >= run.dueAt || (run.state !== 'running' && run.state !== 'missed')) return [];
  const pause = nextPause(run);
  const pausing: CaseEvent = { type: 'ClockPaused', data: { clock, run: number, pause, at }, occurredAt: at };
  if (run.state === 'running') return [pausing];
  const doneInPause = fulfilledAt !== undefined;
  return [pausing, correction(run, doneInPause ? 'met' : 'running', event, fulfilledAt)];
}

/** Pauses are counted from 1; what a continued run brought along is not counted. */
export const nextPause = ({ pauses }: ClockRun): number => pauses.filter(({ number }) => number > 0).length + 1;

function resumed(run: ClockRun, { event, policy }: Happening): readonly CaseEvent[] | Refusal {
  const open = run.pauses.find(({ to }) => to === undefined);
  if (open === undefined || run.state === 'cancelled' || run.state === 'missed') return [];
  const at = laterOf(event.meta.occurredAt, open.from);
  const due = reckonedAnew(run, { policy, knownAt: knownAt(event), pauses: closed(run.pauses, at) });
  if (due === undefined || isRefusal(due)) return due ?? [];
  const { clock, run: number, endedAt } = run;
  const occurredAt = at;
  const of = { pause: open.number, pausedAt: open.from };
  const going: CaseEvent = { type: 'ClockResumed', data: { clock, run: number, ...of, at, ...due }, occurredAt };
  if (isOpen(run)) return [going];
  // It was met while it was thought to be paused: by what is known now it may have been too late.
  return endedAt !== undefined && endedAt > due.dueAt ? [going, correction(run, 'missed', event)] : [];
}

/** K-7: another budget holds for the case as it is now. Runs that have their verdict keep it. */
export function reprioritised(
  state: CaseState,
  { event, policy, occurrence }: Happening,
): readonly CaseEvent[] | Refusal {
  const events: CaseEvent[] = [];
  for (const run of state.clocks) {
    const rule = isOpen(run) ? policy.clock(run.clock) : undefined;
    if (rule === undefined || rule.onPriorityChange === 'keep') continue;
    const budget = policy.budgetOf(rule, occurrence.case);
    if (policy.written(budget) === run.budget) continue;
    const startsAt = rule.onPriorityChange === 'from_now' ? laterOf(event.meta.occurredAt, run.startsAt) : run.startsAt;
    const span = { startsAt, pauses: closed(run.pauses, startsAt), knownAt: knownAt(event) };
    const due = policy.reckon(rule, budget, span);
    if (isRefusal(due)) return due;
    events.push(moved(run, due, { startsAt, reasonCode: 'PRIORITY_CHANGED', occurredAt: event.meta.occurredAt }));
  }
  return events;
}

/** K-10: provisional deadlines by what is published at an instant. A run that was met in time by the old one keeps its verdict. */
export function recomputed(state: CaseState, policy: Policy, at: Instant): readonly CaseEvent[] | Refusal {
  const events: CaseEvent[] = [];
  for (const run of state.clocks) {
    if (run.provisionalYears === undefined || !(isOpen(run) || run.state === 'missed')) continue;
    const due = reckonedAnew(run, { policy, knownAt: at, pauses: closed(run.pauses, undefined) });
    if (isRefusal(due)) return due;
    if (due === undefined || due.calendar?.version === run.calendar?.version) continue;
    events.push(moved(run, due, { startsAt: run.startsAt, reasonCode: 'CALENDAR_PUBLISHED', occurredAt: at }));
  }
  return events;
}

/** A run that was missed by a calendar which nobody had announced was in time, or runs again, where there was more time. */
export function rejudged(
  state: CaseState,
  event: Extract<RecordedCaseEvent, { type: 'DeadlineMoved' }>,
): readonly CaseEvent[] {
  const run = state.clocks.find((it) => it.clock === event.data.clock && it.run === event.data.run);
  if (run?.state !== 'missed') return [];
  const { fulfilledAt, dueAt } = run;
  if (fulfilledAt !== undefined && fulfilledAt <= dueAt) return [correction(run, 'met', event, fulfilledAt)];
  return dueAt >= event.meta.occurredAt ? [correction(run, 'running', event)] : [];
}

/** K-7, K-10, A-7: another due instant for a run, and why. */
export function moved(
  run: ClockRun,
  due: Reckoned,
  to: { readonly startsAt: Instant; readonly reasonCode: MoveReason; readonly occurredAt: Instant },
): CaseEvent {
  const { clock, run: number, dueAt: from } = run;
  const { occurredAt, ...why } = to;
  return { type: 'DeadlineMoved', data: { clock, run: number, from, ...why, ...due }, occurredAt };
}

function reckonedAnew(
  run: ClockRun,
  by: { readonly policy: Policy; readonly knownAt: Instant; readonly pauses: readonly Pause[] },
): Reckoned | Refusal | undefined {
  const { policy, ...span } = by;
  const rule = policy.clock(run.clock);
  return rule && policy.reckon(rule, policy.asWritten(run.budget), { startsAt: run.startsAt, ...span });
}

/** Pauses with the one that is open ending at an instant, or left out where it has no end yet. */
export const closed = (pauses: ClockRun['pauses'], at: Instant | undefined): readonly Pause[] =>
  pauses.flatMap(({ from, to = at }) => (to === undefined ? [] : [{ from, to: laterOf(from, to) }]));
