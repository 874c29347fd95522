import { isRefusal, laterOf, type Refusal } from '#kernel';
import type { ClockRule, Occurrence, Policy } from '#policy';
import type { CaseEvent, ClockOf, Pause, RecordedCaseEvent } from '../events.js';
import type { CaseState, ClockRun } from '../state.js';
import type { DeadlineSet } from './given.js';
import { knownAt } from './occurrence.js';
import { endByPack, verdict } from './verdicts.js';

/** Verdicts start clocks too (K-7); what was started by one falls with it. */
const FALLS_WITH: readonly string[] = ['DeadlineWarned', 'DeadlineMet', 'DeadlineMissed', 'DeadlineCancelled'];

export interface Starting {
  readonly state: CaseState;
  readonly event: RecordedCaseEvent;
  readonly occurrence: Occurrence;
  readonly policy: Policy;
  /** The runs that the event has just ended. */
  readonly ended: ReadonlySet<string>;
}

/**
 * The runs that an event starts: first ones, further ones, and what a reopening goes on with. A first run may be met by the
 * very event that starts it (answered at once, I-11); a further run never is, or a repeating clock would stand still.
 */
export function startedBy(starting: Starting): readonly CaseEvent[] | Refusal {
  const { policy, occurrence, state, event } = starting;
  const reopens = event.type === 'CaseReopened' && event.data.to === 'handling';
  const firstRuns = policy.clocksStartedBy(occurrence, 'startsOn');
  const furtherRuns = policy.clocksStartedBy(occurrence, 'restartsOn');
  const events: CaseEvent[] = [];
  if (firstRuns.length === 0 && furtherRuns.length === 0 && !reopens) return events;
  const begun = new Set<string>();
  const begin = (rule: ClockRule, from: Partial<Beginning>, first: boolean): Refusal | undefined => {
    const set = started(rule, { ...starting, ...from });
    if (isRefusal(set)) return set;
    begun.add(rule.id);
    const end = first ? endByPack(rule.id, starting) : undefined;
    events.push(
      set,
      ...(end === undefined ? pausedFromStart(set.data, starting) : verdict(asRun(set.data), end, event)),
    );
    return undefined;
  };
  for (const rule of firstRuns) {
    const isFirst = runsOf(state, rule.id).every((run) => run.state === 'cancelled');
    const refusal = isFirst ? begin(rule, {}, true) : undefined;
    if (refusal) return refusal;
  }
  for (const rule of furtherRuns) {
    const refusal = isOver(rule.id, starting) && !begun.has(rule.id) ? begin(rule, {}, false) : undefined;
    if (refusal) return refusal;
  }
  if (!reopens) return events;
  for (const rule of policy.clocksReopened(occurrence)) {
    const continued = rule.onReopening === 'continue' ? continuing(rule, starting) : {};
    if (continued === undefined || !isOver(rule.id, starting) || begun.has(rule.id)) continue;
    const refusal = begin(rule, continued, false);
    if (refusal) return refusal;
  }
  return events;
}

interface Beginning {
  readonly startsAt: string;
  readonly pauses: readonly Pause[];
  readonly continues: number;
}

/** K-7: the run that ended with the case goes on, as if it had been paused in between; what was missed stays missed. */
function continuing({ id }: ClockRule, { state, event }: Starting): Beginning | undefined {
  const last = runsOf(state, id).at(-1);
  if (last?.endedAt === undefined || last.state === 'missed') return undefined;
  const { endedAt, startsAt, run } = last;
  const until = laterOf(endedAt, event.meta.occurredAt);
  const pauses = last.pauses.map(({ from, to = endedAt }) => ({ from, to: laterOf(from, to) }));
  return { startsAt, pauses: [...pauses, { from: endedAt, to: until }], continues: run };
}

function started(rule: ClockRule, starting: Starting & Partial<Beginning>): DeadlineSet | Refusal {
  const { state, event, occurrence, policy, pauses = [], continues } = starting;
  const startsAt = starting.startsAt ?? origin(rule, state, event);
  const budget = policy.budgetOf(rule, occurrence.case);
  const due = policy.reckon(rule, budget, { startsAt, pauses, knownAt: knownAt(event) });
  if (isRefusal(due)) return due;
  const { id: clock, countsFrom, source } = rule;
  return {
    type: 'DeadlineSet',
    data: {
      clock,
      run: runsOf(state, clock).length + 1,
      countsFrom,
      startsAt,
      ...due,
      source,
      ...(FALLS_WITH.includes(occurrence.type) ? { cause: event.id } : {}),
      ...(continues === undefined ? {} : { continues }),
      ...(pauses.length === 0 ? {} : { pauses }),
    },
    occurredAt: event.meta.occurredAt,
  };
}

function origin({ id, countsFrom }: ClockRule, state: CaseState, event: RecordedCaseEvent): string {
  switch (countsFrom) {
    case 'recorded':
      return knownAt(event);
    case 'accepted':
      // A further run counts from what starts it: the case was accepted once.
      return runsOf(state, id).length === 0 && state.acceptedAt !== undefined
        ? state.acceptedAt
        : event.meta.occurredAt;
    case 'occurred':
    case 'event':
      return event.meta.occurredAt;
    default:
      return countsFrom satisfies never;
  }
}

/** What starts while somebody is waited for does not run until the waiting ends. */
function pausedFromStart(run: DeadlineSet['data'], { state, policy, occurrence }: Starting): readonly CaseEvent[] {
  if (state.phase !== 'waiting' || occurrence.type === 'WaitingStarted') return [];
  const waiting = { type: 'WaitingStarted', data: { waitingFor: state.waitingFor }, case: occurrence.case };
  if (policy.effectOn(run.clock, waiting) !== 'paused') return [];
  const { clock, run: number, startsAt } = run;
  return [{ type: 'ClockPaused', data: { clock, run: number, pause: 1, at: startsAt }, occurredAt: startsAt }];
}

const isOver = (clock: string, { state, ended }: Starting): boolean => {
  const runs = runsOf(state, clock);
  return runs.length > 0 && runs.every((run) => !isOpen(run) || ended.has(runKey(run)));
};

export const isOpen = ({ state }: ClockRun): boolean => state === 'running' || state === 'paused';

/** The open runs that were started by a verdict, and fall with it (EVENTS.md 16). */
export const fallingWith = (state: CaseState, verdictId: string): readonly ClockRun[] =>
  state.clocks.filter((run) => run.cause === verdictId && isOpen(run));

export const runKey = ({ clock, run }: ClockOf): string => `${clock}#${run}`;

export const runsOf = (state: CaseState, clock: string): readonly ClockRun[] =>
  state.clocks.filter((it) => it.clock === clock);

const asRun = (data: DeadlineSet['data']): ClockRun => ({
  ...data,
  pauses: data.pauses === undefined ? [] : data.pauses.map((pause) => ({ number: 0, ...pause })),
  warned: [],
  state: 'running',
  begunAt: '',
  knownAt: data.startsAt,
  dueBy: -1,
  ruledBy: -1,
});
