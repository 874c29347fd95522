import { accept, refuse } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { IntField, PatternField, TextField } from '../fields.js';

/** H-5: a sum is proposed. Who must approve it is asked of the policy once; the ruling travels in the event. */
export class ProposeCompensation extends TextCommand {
  @IntField({ min: 1, max: 1_000_000_000_000, description: 'In hundredths of the currency' })
  amountCents!: number;

  @PatternField(/^[A-Z]{3}$/, 'a currency of three capital letters (ISO 4217)', { optional: true })
  currency?: string;

  @TextField({ optional: true })
  reason?: string;
}

/** Result: `compensationId`, `approverRole`. Refusals: CURRENCY_NOT_IN_MATRIX: amounts are never converted silently. */
export const proposeCompensation = decider<ProposeCompensation>('ProposeCompensation', (command, state, facts) => {
  const { policy, actor } = facts;
  const { amountCents, currency = policy.currency } = command;
  if (currency !== policy.currency) return refuse('CURRENCY_NOT_IN_MATRIX', { currency, allowed: [policy.currency] });
  const ruling = { ...policy.approval({ amountCents, severity: state.severity }) };
  const compensationId = facts.newId();
  const data = { compensationId, amountCents, currency, proposedBy: actor.id, ruling };
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  const result = { compensationId, approverRole: ruling.approverRole };
  return accept([{ type: 'CompensationProposed', data, personal }], result);
});
