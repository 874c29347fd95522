import { isRefusal, type Facts, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { clocksAfter, PROMISE_CLOCK, promiseOf, rejudged, underNewPolicy } from './clocks/index.js';
import { calledOff, escalationsAfter, groundsFell } from './escalations.js';
import type { CaseEvent, RecordedCaseEvent, Severity } from './events.js';
import { groundsAfter } from './grounds.js';
import { declinedAtIntake, priorityAfter, recusalsAfter } from './intake-rules.js';
import type { CaseState } from './state.js';

/**
 * What follows from an event in the same append; it happened when its cause happened: grounds of severity, what becomes of
 * clocks, those who are called in.
 * @returns a refusal where a deadline cannot be counted (BUDGET_TOO_LONG after pauses of decades)
 */
export function follow(
  state: CaseState,
  event: RecordedCaseEvent,
  facts: Facts<Policy>,
): readonly CaseEvent[] | Refusal {
  switch (event.type) {
    // What is only a note on a run that goes on; an end of one is what further clocks may start by.
    case 'DeadlineSet':
    case 'ClockPaused':
    case 'ClockResumed':
    case 'DeadlineFulfilledLate':
    case 'GroundEstablished':
      return [];
    case 'DeadlineMoved':
      return rejudged(state, event);
    case 'CaseMovedToPolicy':
      return underNewPolicy(state, event, facts);
    case 'CaseReceived':
    case 'CaseClassified':
    case 'GroupGrown':
    case 'IntakeAmended':
    case 'RepeatFound':
    case 'RepeatWithdrawn':
    case 'CustomerStandingRecorded':
    case 'CaseReopened':
    case 'TakenOver':
      return graded(state, event, facts);
    case 'DeadlineMissed':
      return together(
        brokenPromise(state, event),
        clocksAfter(state, event, facts),
        escalationsAfter(state, event, facts),
      );
    case 'VerdictCorrected':
      return together(calledOff(state, event), clocksAfter(state, event, facts), escalationsAfter(state, event, facts));
    case 'SeverityLowered':
      return together(
        groundsFell(state, event),
        clocksAfter(state, event, facts),
        escalationsAfter(state, event, facts),
      );
    default:
      return together(clocksAfter(state, event, facts), escalationsAfter(state, event, facts));
  }
}

const GRADED_IN_HISTORY: ReadonlySet<string> = new Set(['TakenOver', 'RepeatFound', 'RepeatWithdrawn']);

/** Grounds first: clocks that start now start with the severity that holds then. */
function graded(state: CaseState, event: RecordedCaseEvent, facts: Facts<Policy>): readonly CaseEvent[] | Refusal {
  // History is graded once, by the policy at take-over (EVENTS.md 18); what it repeats is found out afterwards.
  const isHistory = event.meta.historical === true && !GRADED_IN_HISTORY.has(event.type);
  const grounds = isHistory ? [] : groundsAfter(state, event, facts);
  const severity = grounds.reduce<Severity>(
    (now, { type, data }) => (type === 'SeverityRaised' || type === 'SeverityLowered' ? data.to : now),
    state.severity,
  );
  const graded = severity === state.severity ? state : { ...state, severity };
  return together(
    isHistory ? [] : recusalsAfter(state, event, facts),
    grounds,
    isHistory ? [] : priorityAfter(graded, event, facts),
    clocksAfter(state, event, facts, severity),
    escalationsAfter(state, event, facts),
    isHistory ? [] : declinedAtIntake(graded, event, facts),
  );
}

function together(...lists: readonly (readonly CaseEvent[] | Refusal)[]): readonly CaseEvent[] | Refusal {
  const events: CaseEvent[] = [];
  for (const list of lists) {
    if (isRefusal(list)) return list;
    events.push(...list);
  }
  return events;
}

/** K-3: a promise is a clock; when it is missed, the promise is broken. */
function brokenPromise(
  state: CaseState,
  { data, meta }: Extract<RecordedCaseEvent, { type: 'DeadlineMissed' }>,
): readonly CaseEvent[] {
  const promiseId = data.clock === PROMISE_CLOCK ? promiseOf(state, data) : undefined;
  if (promiseId === undefined) return [];
  return [{ type: 'PromiseBroken', data: { promiseId, dueAt: data.dueAt }, occurredAt: meta.occurredAt }];
}
