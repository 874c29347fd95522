import { accept } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, TextField } from '../fields.js';

/** S-3: the complainant takes the complaint back. */
export class WithdrawCase extends TextCommand {
  @CodeField()
  reasonCode!: string;

  @TextField({ optional: true })
  reason?: string;
}

export const withdrawCase = decider<WithdrawCase>('WithdrawCase', (command, state, facts) => {
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  return accept([{ type: 'CaseWithdrawn', data: { reasonCode: command.reasonCode }, personal }]);
});
