import { accept } from '#kernel';
import { CaseCommand, decider } from '../command.js';
import { BooleanField } from '../fields.js';

/** H-8: nothing is open any more, so the case is closed. */
export class CloseCase extends CaseCommand {
  @BooleanField({ optional: true, description: 'Closed by a rule, not by a person' })
  automatic?: boolean;
}

/**
 * Refusals besides what the pack asks for: PLAN_UNANSWERED, APPROVAL_PENDING, PROMISE_OPEN, ESCALATION_OPEN, SHEET_OPEN;
 * `open` lists them all.
 */
export const closeCase = decider<CloseCase>('CloseCase', ({ automatic }) =>
  accept([{ type: 'CaseClosed', data: automatic === true ? { automatic } : {} }]),
);
