import { addElapsed } from '#calendar';
import type { Facts } from '#kernel';
import type { ClockRule, Policy } from '#policy';
import type { CaseEvent, RecordedCaseEvent, Verdict } from './events.js';
import type { CaseState, ClockRun } from './state.js';

/** The clocks that every case can have, whatever its pack: an instant that was given rather than counted. */
export const PROMISE_CLOCK = 'promise';
export const SOURCE_TARGET_CLOCK = 'source-target';

/** DeadlineSet for an instant that somebody gave: a promise (K-3) or the source's own target. */
export const deadlineGiven = (
  clock: string,
  run: number,
  given: { readonly startsAt: string; readonly dueAt: string; readonly source: string },
): DeadlineSet => ({
  type: 'DeadlineSet',
  data: { clock, run, countsFrom: 'given', budget: 'given', ...given },
  occurredAt: given.startsAt,
});

type DeadlineSet = Extract<CaseEvent, { type: 'DeadlineSet' }>;

/**
 * What an event does to the clocks of the case: verdicts on the runs that are there, then new runs. A first run may be met
 * by the very event that starts it (answered at once, I-11); a further run never is, or a repeating clock would stand still.
 */
export function clocksAfter(
  state: CaseState,
  event: RecordedCaseEvent,
  { policy }: Facts<Policy>,
): readonly CaseEvent[] {
  const verdicts = state.clocks.flatMap((run) => verdictOf(run, event, state, policy));
  if (event.type === 'PromiseMade') return [...verdicts, promised(state, event)];
  // History starts no clock; what it was judged by came with it (EVENTS.md 18).
  if (event.meta.historical) return verdicts;
  const cause = { type: event.type, data: event.data, kind: state.kind };
  const first = policy
    .clocksStartedBy(cause)
    .filter(({ id }) => runsOf(state, id).every((run) => run.state === 'cancelled'))
    .map((clock) => started(clock, runsOf(state, clock.id).length + 1, event));
  const ended = new Set(verdicts.map(({ data }) => runKey(data as { clock: string; run: number })));
  const further = policy
    .clocksRestartedBy(cause)
    .filter(({ id }) => {
      const runs = runsOf(state, id);
      const over = runs.every((run) => run.state !== 'running' || ended.has(runKey(run)));
      return runs.length > 0 && over && !first.some(({ data }) => data.clock === id);
    })
    .map((clock) => started(clock, runsOf(state, clock.id).length + 1, event));
  return [
    ...verdicts,
    ...first.flatMap((set) => [set, ...verdictOf(asRun(set.data), event, state, policy)]),
    ...further,
  ];
}

/** K-3: a promise is a clock. */
function promised(state: CaseState, { data, meta }: Extract<RecordedCaseEvent, { type: 'PromiseMade' }>): DeadlineSet {
  const given = { startsAt: meta.occurredAt, dueAt: data.dueAt, source: 'K-3 [T G]' };
  return deadlineGiven(PROMISE_CLOCK, state.promises.length, given);
}

function started(clock: ClockRule, run: number, event: RecordedCaseEvent): DeadlineSet {
  const { id, countsFrom, budget, source } = clock;
  const startsAt = countsFrom === 'recorded' ? event.meta.recordedAt : event.meta.occurredAt;
  const dueAt = addElapsed(startsAt, budget);
  return {
    type: 'DeadlineSet',
    data: { clock: id, run, countsFrom, startsAt, dueAt, budget: budget.text, source },
    occurredAt: event.meta.occurredAt,
  };
}

/** What the event says about a run: once, unless what is learnt late says otherwise (K-7, K-8). */
function verdictOf(run: ClockRun, event: RecordedCaseEvent, state: CaseState, policy: Policy): readonly CaseEvent[] {
  const effect = effectOn(run, event, state, policy);
  const { clock, run: number, dueAt } = run;
  const occurredAt = event.meta.occurredAt;
  if (effect === undefined) return [];
  if (run.state !== 'running') return corrected(run, effect, event);
  if (effect === 'cancelled') {
    return [{ type: 'DeadlineCancelled', data: { clock, run: number, reasonCode: event.type }, occurredAt }];
  }
  return [{ type: 'DeadlineMet', data: { clock, run: number, dueAt, metAt: occurredAt }, occurredAt }];
}

/** K-8, EVENTS.md 16: the verdict goes by the instant at which things happened, and the last one holds. */
function corrected(run: ClockRun, to: Verdict, event: RecordedCaseEvent): readonly CaseEvent[] {
  const at = event.meta.occurredAt;
  const { clock, run: number, state: from, dueAt, endedAt } = run;
  const inTime = at <= dueAt;
  const earlier = endedAt === undefined || at < endedAt;
  if (from === 'running' || from === to || !inTime || !earlier) return [];
  const data = { clock, run: number, from, to, cause: event.id, ...(to === 'met' ? { metAt: at } : {}) };
  return [{ type: 'VerdictCorrected', data, occurredAt: at }];
}

function effectOn(
  run: ClockRun,
  event: RecordedCaseEvent,
  state: CaseState,
  policy: Policy,
): 'met' | 'cancelled' | undefined {
  switch (run.clock) {
    case PROMISE_CLOCK:
      if (event.type === 'PromiseKept' && promiseOf(state, run) === event.data.promiseId) return 'met';
      return event.type === 'CaseDeclined' || event.type === 'CaseWithdrawn' ? 'cancelled' : undefined;
    case SOURCE_TARGET_CLOCK:
      if (event.type === 'CaseResolved' || event.type === 'CaseClosed') return 'met';
      return event.type === 'CaseDeclined' || event.type === 'CaseWithdrawn' ? 'cancelled' : undefined;
    default:
      return policy.effectOn(run.clock, { type: event.type, data: event.data, kind: state.kind });
  }
}

/** The promise a run of the promise clock belongs to: they are counted in the order in which they were made. */
export const promiseOf = (state: CaseState, run: { readonly run: number }): string | undefined =>
  state.promises[run.run - 1]?.promiseId;

const runKey = ({ clock, run }: { readonly clock: string; readonly run: number }): string => `${clock}#${run}`;

const runsOf = (state: CaseState, clock: string): readonly ClockRun[] =>
  state.clocks.filter((it) => it.clock === clock);

const asRun = (data: DeadlineSet['data']): ClockRun => ({
  ...data,
  state: 'running',
  ruledBy: -1,
});
