import { accept } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { TextField } from '../fields.js';

/** H-7: what caused the complaint, and what is to become better. */
export class AnalyseCauses extends TextCommand {
  @TextField()
  causes!: string;

  @TextField({ optional: true })
  improvements?: string;
}

export const analyseCauses = decider<AnalyseCauses>('AnalyseCauses', (command, state, facts) => {
  const text = freeText(command, state, facts);
  const personal = present({ causes: text(command.causes), improvements: text(command.improvements) });
  return accept([{ type: 'CausesAnalysed', data: {}, personal }]);
});
