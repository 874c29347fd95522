import { accept, refuse } from '#kernel';
import { CaseCommand, decider, present } from '../command.js';
import { IdField } from '../fields.js';
import { unknownUnit } from '../units.js';

/** H-1: the case goes to a unit, and to a person of it who owns it. */
export class AssignCase extends CaseCommand {
  @IdField()
  unit!: string;

  @IdField({ optional: true, description: 'The person who handles it' })
  owner?: string;
}

/** Refusals: UNKNOWN_UNIT (O-1), OWNER_RECUSED (H-2), NOTHING_CHANGES. */
export const assignCase = decider<AssignCase>('AssignCase', ({ unit, owner }, state, facts) => {
  const unknown = unknownUnit(unit, facts);
  if (unknown !== undefined) return unknown;
  if (owner !== undefined && state.recused.includes(owner)) return refuse('OWNER_RECUSED', { owner });
  if (unit === state.unit && owner === state.owner) return refuse('NOTHING_CHANGES', present({ unit, owner }));
  return accept([{ type: 'CaseAssigned', data: { unit, ...present({ owner }) } }]);
});
