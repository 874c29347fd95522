import { accept } from '#kernel';
import { OUTCOMES, type Outcome } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { ChoiceField, TextField } from '../fields.js';

/** H-6: there is a result. The case stays open until the customer has been told and revisited. */
export class ResolveCase extends TextCommand {
  @ChoiceField(OUTCOMES)
  outcome!: Outcome;

  @TextField({ optional: true })
  resolution?: string;
}

export const resolveCase = decider<ResolveCase>('ResolveCase', (command, state, facts) => {
  const personal = present({ resolution: freeText(command, state, facts)(command.resolution) });
  return accept([{ type: 'CaseResolved', data: { outcome: command.outcome }, personal }]);
});
