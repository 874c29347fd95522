import { accept } from '#kernel';
import { closingObstacles, refuseMove } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { BooleanField } from '../fields.js';

/** H-8: nothing is open any more, so the case is closed. */
export class CloseCase extends CaseCommand {
  @BooleanField({ optional: true, description: 'Closed by a rule, not by a person' })
  automatic?: boolean;
}

/** Refusals: PLAN_UNANSWERED, APPROVAL_PENDING, PROMISE_OPEN, ESCALATION_OPEN, RETURN_VISIT_MISSING; `open` lists them all. */
export const closeCase = decider<CloseCase>('CloseCase', ({ automatic }, state, { policy }) => {
  const open = closingObstacles(state, policy);
  if (open[0] !== undefined) return refuseMove(open[0], state, { open });
  return accept([{ type: 'CaseClosed', data: automatic === true ? { automatic } : {} }]);
});
