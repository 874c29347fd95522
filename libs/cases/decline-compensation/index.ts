import { accept } from '#kernel';
import { approvalRefusal } from '../approve-compensation/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { IdField, TextField } from '../fields.js';

/** H-5: somebody whom the ruling entitles says no. */
export class DeclineCompensation extends TextCommand {
  @IdField()
  compensationId!: string;

  @TextField({ optional: true })
  reason?: string;
}

/** Refusals: as for approving. */
export const declineCompensation = decider<DeclineCompensation>('DeclineCompensation', (command, state, facts) => {
  const { compensationId } = command;
  const refusal = approvalRefusal(compensationId, state, facts);
  if (refusal) return refusal;
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  return accept([{ type: 'CompensationDeclined', data: { compensationId, declinedBy: facts.actor.id }, personal }]);
});
