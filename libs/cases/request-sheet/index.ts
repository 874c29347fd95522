import { accept } from '#kernel';
import { decider, freeText, TextCommand } from '../command.js';
import { ChoiceField, IdField, TextField } from '../fields.js';
import { unknownUnit } from '../units.js';

const SHEETS = ['work_sheet', 'nonconformity'] as const;

/** H-7: a suggestion for improvement to another unit (工作联系单), or nonconforming work; each is a case of its own. */
export class RequestSheet extends TextCommand {
  @ChoiceField(SHEETS)
  kind!: (typeof SHEETS)[number];

  @IdField({ description: 'The unit that is to act' })
  unit!: string;

  @TextField({ description: 'What is asked of it' })
  text!: string;
}

/** Result: `sheetId`, the id of the case that is opened. Refusals: UNKNOWN_UNIT (O-1). */
export const requestSheet = decider<RequestSheet>('RequestSheet', (command, state, facts) => {
  const { kind, unit } = command;
  const unknown = unknownUnit(unit, facts);
  if (unknown !== undefined) return unknown;
  const sheetId = facts.newId();
  const personal = { text: freeText(command, state, facts)(command.text) };
  return accept([{ type: 'SheetRequested', data: { sheetId, kind, unit }, personal }], { sheetId });
});
