import type { Facts } from '#kernel';
import type { Policy } from '#policy';
import { clocksAfter, PROMISE_CLOCK, promiseOf } from './clocks.js';
import type { CaseEvent, RecordedCaseEvent } from './events.js';
import { groundsAfter } from './grounds.js';
import type { CaseState } from './state.js';

/** What follows from an event in the same append; it happened when its cause happened. Nothing follows from a verdict but a broken promise. */
export function follow(state: CaseState, event: RecordedCaseEvent, facts: Facts<Policy>): readonly CaseEvent[] {
  switch (event.type) {
    case 'DeadlineMissed':
      return brokenPromise(state, event);
    case 'DeadlineSet':
    case 'DeadlineMet':
    case 'DeadlineCancelled':
    case 'VerdictCorrected':
    case 'SeverityRaised':
    case 'SeverityLowered':
    case 'GroundEstablished':
    case 'PromiseBroken':
      return [];
    case 'CaseReceived':
    case 'CaseClassified':
    case 'GroupGrown':
      // History is graded once, by the policy at take-over (EVENTS.md 18).
      if (event.meta.historical) return clocksAfter(state, event, facts);
      return [...groundsAfter(state, event, facts), ...clocksAfter(state, event, facts)];
    case 'TakenOver':
      return groundsAfter(state, event, facts);
    default:
      return clocksAfter(state, event, facts);
  }
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
