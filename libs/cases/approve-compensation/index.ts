import { accept, refuse, type Facts, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { holdersOf, type CaseState } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { IdField } from '../fields.js';

/** H-5: somebody whom the ruling entitles says yes. */
export class ApproveCompensation extends CaseCommand {
  @IdField()
  compensationId!: string;
}

/**
 * Refusals: NO_APPROVAL_PENDING, UNKNOWN_COMPENSATION, COMPENSATION_DECIDED, OWN_PROPOSAL, APPROVER_ROLE_NEEDED,
 * APPROVER_POST_NEEDED.
 */
export const approveCompensation = decider<ApproveCompensation>(
  'ApproveCompensation',
  ({ compensationId }, state, facts) =>
    approvalRefusal(compensationId, state, facts) ??
    accept([{ type: 'CompensationApproved', data: { compensationId, approvedBy: facts.actor.id } }]),
);

/** H-5: whom the ruling entitles decides, and never about what they proposed themselves, under whatever key. */
export function approvalRefusal(
  compensationId: string,
  state: CaseState,
  { actor, policy, at }: Facts<Policy>,
): Refusal | undefined {
  const { compensations } = state;
  const proposed = compensations.find((it) => it.compensationId === compensationId);
  if (proposed === undefined) {
    const known = compensations.map((it) => it.compensationId);
    return refuse('UNKNOWN_COMPENSATION', { compensationId, compensations: known });
  }
  if (proposed.state !== 'proposed') return refuse('COMPENSATION_DECIDED', { compensationId, state: proposed.state });
  if (proposed.proposedBy === actor.id) return refuse('OWN_PROPOSAL', { compensationId });
  const { approverRole, approverPost, rule } = proposed.ruling;
  if (approverPost !== undefined && !holdersOf([approverPost], state, policy, at).includes(actor.id)) {
    return refuse('APPROVER_POST_NEEDED', { needed: approverPost, rule });
  }
  if (policy.mayApprove(actor.role, approverRole)) return undefined;
  return refuse('APPROVER_ROLE_NEEDED', { role: actor.role, needed: approverRole, rule });
}
