import { accept } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, IdField, TextField } from '../fields.js';

/** K-4: those who must know of it are told (报备). */
export class ReportUp extends TextCommand {
  @IdField({ description: 'The person, post or body that is told' })
  to!: string;

  @CodeField({ optional: true, description: 'The duty of the pack that this fulfils' })
  duty?: string;

  @TextField({ optional: true })
  text?: string;
}

export const reportUp = decider<ReportUp>('ReportUp', (command, state, facts) => {
  const { to, duty } = command;
  const personal = present({ text: freeText(command, state, facts)(command.text) });
  return accept([{ type: 'CaseReportedUp', data: { to, ...present({ duty }) }, personal }]);
});
