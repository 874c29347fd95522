import type { Instant } from '#kernel';
import type { Policy } from '#policy';
import {
  ESCALATION_CLOCK,
  escalationOf,
  holdersOf,
  isOpen,
  PROMISE_CLOCK,
  promiseOf,
  type CaseState,
  type ClockRun,
  type RecordedCaseEvent,
} from '../domain/index.js';
import { countingOf } from './counting.js';
import type { ClockExplanation } from './shapes.js';
import { stepsOf } from './steps.js';

export * from './shapes.js';
export { BEHIND_ALL } from './steps.js';

/** A case at a moment, as it is to be explained. */
export interface CaseTold {
  /** Its events by then, in any order, those that came due and nobody wrote included. */
  readonly events: readonly RecordedCaseEvent[];
  /** What they fold to. */
  readonly state: CaseState;
  readonly policy: Policy;
  /** The moment itself. */
  readonly at: Instant;
}

/** K-9: every run of every clock of a case, in the order in which they began. */
export function explainClocks({ events, state, policy, at }: CaseTold): ClockExplanation[] {
  const log = [...events].sort((a, b) => a.revision - b.revision);
  // A run whose beginning lies outside of what is told (by occurred time that can be) has nothing to be counted from.
  return state.clocks
    .filter((run) => run.startsAt !== '')
    .map((run) => explained(run, { events: log, state, policy, at }));
}

function explained(run: ClockRun, { events, state, policy, at }: CaseTold): ClockExplanation {
  const { clock, warnings = [], warned, pauses } = run;
  const rule = policy.clock(clock);
  const steps = stepsOf(run, events, policy);
  const startedBy = steps.find(({ type }) => type === 'DeadlineSet')?.cause;
  const counted = events.find(({ revision }) => revision === run.dueBy);
  return {
    clock,
    run: run.run,
    runs: state.clocks.filter((it) => it.clock === clock).length,
    ...(rule === undefined ? {} : { label: rule.label }),
    state: run.state,
    ...(isOpen(run) ? {} : { verdict: run.state as ClockExplanation['verdict'] & string }),
    source: run.source,
    policy: counted?.meta.policy ?? { pack: policy.id, version: policy.version },
    countsFrom: run.countsFrom,
    ...(startedBy === undefined ? {} : { startedBy }),
    startsAt: run.startsAt,
    dueAt: run.dueAt,
    ...chosen(run, ['endedAt', 'fulfilledAt', 'calendar', 'provisionalYears', 'continues']),
    budget: run.budget,
    knownAt: run.knownAt,
    warnings: warnings.map((it) => ({ ...it, given: warned.includes(it.percent) })),
    pauses: pauses.map(({ from, to }) => (to === undefined ? { from } : { from, to })),
    ...belongsTo(run, state),
    owedBy: owedBy(run, { events, state, policy, at }),
    counting: countingOf(run, policy, at),
    steps,
  };
}

/** The promise or the escalation that it is the clock of. */
function belongsTo(run: ClockRun, state: CaseState): Partial<ClockExplanation> {
  const promiseId = run.clock === PROMISE_CLOCK ? promiseOf(state, run) : undefined;
  if (promiseId !== undefined) return { promiseId };
  const escalation = run.clock === ESCALATION_CLOCK ? escalationOf(state, run) : undefined;
  return escalation === undefined ? {} : chosen(escalation, ['escalationId', 'chain', 'level']);
}

/** As it is on record where it was missed; else by who holds the posts of the pack now. */
function owedBy(run: ClockRun, { events, state, policy, at }: CaseTold): readonly string[] {
  const missed = events.findLast(
    ({ type, data }) => type === 'DeadlineMissed' && 'run' in data && data.clock === run.clock && data.run === run.run,
  ) as Extract<RecordedCaseEvent, { type: 'DeadlineMissed' }> | undefined;
  if (missed !== undefined && run.state === 'missed') return missed.data.owedBy ?? [];
  if (run.clock === ESCALATION_CLOCK) return escalationOf(state, run)?.recipients ?? [];
  return holdersOf(policy.clock(run.clock)?.owedBy ?? [], state, policy, at);
}

function chosen<T extends object, K extends keyof T>(of: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]]]))) as Pick<T, K>;
}
