import { accept } from '#kernel';
import { decider, freeText, TextCommand } from '../command.js';
import { BooleanField, TextField } from '../fields.js';

/** K-2, S-5: how it stands, on record or told to the customer. */
export class ReportProgress extends TextCommand {
  @BooleanField()
  toCustomer!: boolean;

  @TextField()
  text!: string;
}

export const reportProgress = decider<ReportProgress>('ReportProgress', (command, state, facts) => {
  const personal = { text: freeText(command, state, facts)(command.text) };
  return accept([{ type: 'ProgressReported', data: { toCustomer: command.toCustomer }, personal }]);
});
