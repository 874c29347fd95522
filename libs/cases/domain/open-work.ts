import type { Policy } from '#policy';
import type { CaseState } from './state.js';

/** H-8: why a case may not close yet, as refusal codes; none where it may. */
export function closingObstacles(state: CaseState, policy: Policy): readonly string[] {
  const obstacles: string[] = [];
  if (state.plans.some((plan) => plan.state === 'proposed')) obstacles.push('PLAN_UNANSWERED');
  if (state.compensations.some((it) => it.state === 'proposed')) obstacles.push('APPROVAL_PENDING');
  if (state.promises.some((it) => it.state === 'open' || it.state === 'broken')) obstacles.push('PROMISE_OPEN');
  if (state.escalations.some((it) => it.state === 'open')) obstacles.push('ESCALATION_OPEN');
  if (state.phase === 'waiting') obstacles.push('WAITING_OPEN');
  if (!revisited(state, policy)) obstacles.push('RETURN_VISIT_MISSING');
  return obstacles;
}

/** V-1: visits count for the handling they followed; after a reopening the customer is visited anew. */
function revisited(state: CaseState, policy: Policy): boolean {
  const required = policy.closing.returnVisit;
  if (required === undefined || !required.kinds.includes(state.kind)) return true;
  const visits = state.visits.filter(({ round }) => round === state.reopenCount);
  return visits.some(({ reached }) => reached) || visits.length >= (required.attemptsInstead ?? Infinity);
}
