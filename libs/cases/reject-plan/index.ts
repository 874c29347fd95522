import { accept } from '#kernel';
import { judgeRefusal, PLAN_JUDGES, planRefusal, type PlanJudge } from '../accept-plan/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { ChoiceField, IdField, TextField } from '../fields.js';

/** H-3: after an objection another option is offered. */
export class RejectPlan extends TextCommand {
  @IdField()
  planId!: string;

  @ChoiceField(PLAN_JUDGES)
  by!: PlanJudge;

  @TextField({ optional: true })
  objection?: string;
}

/** Refusals: NO_PLAN_PROPOSED, UNKNOWN_PLAN, PLAN_ANSWERED, ROLE_NOT_ALLOWED. */
export const rejectPlan = decider<RejectPlan>('RejectPlan', (command, state, facts) => {
  const { planId, by } = command;
  const refusal = planRefusal(planId, state) ?? judgeRefusal(by, facts.actor.role);
  if (refusal) return refusal;
  const personal = present({ objection: freeText(command, state, facts)(command.objection) });
  return accept([{ type: 'PlanRejected', data: { planId, by }, personal }]);
});
