import { accept, refuse } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, IdField, TextField } from '../fields.js';

/** H-2: who is complained about takes no part in the case from now on. */
export class RecuseHandler extends TextCommand {
  @IdField({ description: 'The person, under whatever key they come' })
  person!: string;

  @CodeField()
  reasonCode!: string;

  @TextField({ optional: true })
  reason?: string;
}

/** Refusals: ALREADY_RECUSED. */
export const recuseHandler = decider<RecuseHandler>('RecuseHandler', (command, state, facts) => {
  const { person, reasonCode } = command;
  if (state.recused.includes(person)) return refuse('ALREADY_RECUSED', { person });
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  return accept([{ type: 'HandlerRecused', data: { person, reasonCode }, personal }]);
});
