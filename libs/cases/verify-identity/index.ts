import { accept } from '#kernel';
import { mainComplainant } from '../domain/index.js';
import { CaseCommand, decider, isParty, present, unknownParty } from '../command.js';
import { ChoiceField, IdField } from '../fields.js';

const RESULTS = ['verified', 'not_found', 'mismatch'] as const;

/** I-4: identity is checked against the customer file; who is not found is not refused. */
export class VerifyIdentity extends CaseCommand {
  @IdField({ optional: true, description: 'The complainant where left out' })
  partyId?: string;

  @ChoiceField(RESULTS)
  result!: (typeof RESULTS)[number];

  @IdField({ optional: true, description: 'The customer file that was found' })
  customerId?: string;
}

/** Refusals: UNKNOWN_PARTY. */
export const verifyIdentity = decider<VerifyIdentity>('VerifyIdentity', ({ result, customerId, ...command }, state) => {
  const partyId = command.partyId ?? mainComplainant(state) ?? '';
  if (!isParty(state, partyId)) return unknownParty(state, partyId);
  return accept([{ type: 'IdentityVerified', data: { partyId, result, ...present({ customerId }) } }]);
});
