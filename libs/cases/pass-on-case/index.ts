import { accept, refuse, type Facts, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { decider, freeText, present, TextCommand } from '../command.js';
import type { CaseEvent, CaseState, PassedOnTo } from '../domain/index.js';
import { BooleanField, ChoiceField, IdField, TextField } from '../fields.js';
import { unknownUnit } from '../units.js';

const DESTINATIONS = ['service_centre', 'authority', 'group_call_centre', 'contact_given'] as const;

/** I-6: not ours, so passed to who it belongs to, or the complainant is told whom to turn to. */
export class PassOnCase extends TextCommand {
  @ChoiceField(DESTINATIONS)
  to!: PassedOnTo;

  @IdField({ optional: true, description: 'The unit that takes it over, where it stays within the organisation' })
  unit?: string;

  @BooleanField({ optional: true })
  complainantAgreed?: boolean;

  @TextField({ optional: true })
  reason?: string;
}

/**
 * A unit that takes it over has it from then on; it can hand it back like any other case (TransferCase).
 * Refusals: COMPLAINANT_MUST_AGREE: only who agrees is given a contact instead (I-6). UNKNOWN_UNIT (O-1), SAME_UNIT.
 */
export const passOnCase = decider<PassOnCase>('PassOnCase', (command, state, facts) => {
  const { to, unit, complainantAgreed } = command;
  if (to === 'contact_given' && complainantAgreed !== true) return refuse('COMPLAINANT_MUST_AGREE');
  const refusal = unit === undefined ? undefined : unitRefusal(unit, state, facts);
  if (refusal !== undefined) return refusal;
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  const passedOn: CaseEvent = { type: 'CasePassedOn', data: { to, ...present({ complainantAgreed }) }, personal };
  return accept([passedOn, ...(unit === undefined ? [] : [takenOver(unit, state)])]);
});

function unitRefusal(unit: string, state: CaseState, facts: Facts<Policy>): Refusal | undefined {
  return unit === state.unit ? refuse('SAME_UNIT', { unit }) : unknownUnit(unit, facts);
}

const takenOver = (unit: string, { unit: fromUnit }: CaseState): CaseEvent =>
  fromUnit === undefined
    ? { type: 'CaseAssigned', data: { unit } }
    : { type: 'CaseTransferred', data: { fromUnit, unit } };
