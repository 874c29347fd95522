import { accept } from '#kernel';
import { JUSTIFICATIONS, type Justification } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { ChoiceField, TextField } from '../fields.js';

/** H-1: cause and background, impact, and whether the complaint is justified. */
export class RecordInvestigation extends TextCommand {
  @ChoiceField(JUSTIFICATIONS)
  justification!: Justification;

  @TextField({ optional: true })
  cause?: string;

  @TextField({ optional: true })
  impact?: string;

  @TextField({ optional: true })
  findings?: string;
}

export const recordInvestigation = decider<RecordInvestigation>('RecordInvestigation', (command, state, facts) => {
  const text = freeText(command, state, facts);
  const personal = present({
    cause: text(command.cause),
    impact: text(command.impact),
    findings: text(command.findings),
  });
  return accept([{ type: 'InvestigationRecorded', data: { justification: command.justification }, personal }]);
});
