import { accept } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, TextField } from '../fields.js';

/** The desk does not take the case on; the reason goes on record (I-5). */
export class DeclineCase extends TextCommand {
  @CodeField()
  reasonCode!: string;

  @TextField({ optional: true })
  reason?: string;
}

export const declineCase = decider<DeclineCase>('DeclineCase', (command, state, facts) => {
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  return accept([{ type: 'CaseDeclined', data: { reasonCode: command.reasonCode }, personal }]);
});
