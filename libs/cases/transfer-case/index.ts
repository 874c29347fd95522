import { accept, refuse } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { IdField, TextField } from '../fields.js';
import { unknownUnit } from '../units.js';

/** H-1: another unit takes the case over from the one that has it. */
export class TransferCase extends TextCommand {
  @IdField()
  unit!: string;

  @IdField({ optional: true })
  owner?: string;

  @TextField({ optional: true })
  reason?: string;
}

/** Refusals: NOT_ASSIGNED, SAME_UNIT, UNKNOWN_UNIT (O-1), OWNER_RECUSED (H-2). */
export const transferCase = decider<TransferCase>('TransferCase', (command, state, facts) => {
  const { unit, owner, reason } = command;
  const fromUnit = state.unit ?? '';
  if (unit === fromUnit) return refuse('SAME_UNIT', { unit });
  const unknown = unknownUnit(unit, facts);
  if (unknown !== undefined) return unknown;
  if (owner !== undefined && state.recused.includes(owner)) return refuse('OWNER_RECUSED', { owner });
  const personal = present({ reason: freeText(command, state, facts)(reason) });
  return accept([{ type: 'CaseTransferred', data: { fromUnit, unit, ...present({ owner }) }, personal }]);
});
