import { accept, refuse, type Refusal } from '#kernel';
import type { CaseState } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { ChoiceField, IdField } from '../fields.js';

export const PLAN_JUDGES = ['customer', 'supervisor'] as const;
export type PlanJudge = (typeof PLAN_JUDGES)[number];

/** H-3: the customer, or a supervisor, confirms a plan before it is carried out. */
export class AcceptPlan extends CaseCommand {
  @IdField()
  planId!: string;

  @ChoiceField(PLAN_JUDGES)
  by!: PlanJudge;
}

/** Refusals: NO_PLAN_PROPOSED, UNKNOWN_PLAN, PLAN_ANSWERED, ROLE_NOT_ALLOWED. */
export const acceptPlan = decider<AcceptPlan>(
  'AcceptPlan',
  ({ planId, by }, state, { actor }) =>
    planRefusal(planId, state) ??
    judgeRefusal(by, actor.role) ??
    accept([{ type: 'PlanAccepted', data: { planId, by } }]),
);

/** Only a plan that still waits for an answer can be given one. */
export function planRefusal(planId: string, { plans }: CaseState): Refusal | undefined {
  const plan = plans.find((it) => it.planId === planId);
  if (plan === undefined) return refuse('UNKNOWN_PLAN', { planId, plans: plans.map((it) => it.planId) });
  return plan.state === 'proposed' ? undefined : refuse('PLAN_ANSWERED', { planId, state: plan.state });
}

const LEADERS: readonly string[] = ['supervisor', 'administrator'];

/** A supervisor's answer is given by one. */
export const judgeRefusal = (by: PlanJudge, role: string): Refusal | undefined =>
  by === 'supervisor' && !LEADERS.includes(role) ? refuse('ROLE_NOT_ALLOWED', { role, allowed: LEADERS }) : undefined;
