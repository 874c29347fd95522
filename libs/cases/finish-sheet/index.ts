import { accept, refuse } from '#kernel';
import { CaseCommand, decider } from '../command.js';
import { ChoiceField, IdField } from '../fields.js';

const OUTCOMES = ['done', 'declined', 'withdrawn'] as const;

/** H-7: the sheet that was opened from this case has come to its end. */
export class FinishSheet extends CaseCommand {
  @IdField()
  sheetId!: string;

  @ChoiceField(OUTCOMES)
  outcome!: (typeof OUTCOMES)[number];
}

/** Refusals: UNKNOWN_SHEET. One that is finished already stays as it is. */
export const finishSheet = decider<FinishSheet>('FinishSheet', ({ sheetId, outcome }, { sheets }) => {
  const sheet = sheets.find((it) => it.sheetId === sheetId);
  if (sheet === undefined) return refuse('UNKNOWN_SHEET', { sheetId, sheets: sheets.map((it) => it.sheetId) });
  return accept(sheet.state === 'open' ? [{ type: 'SheetFinished', data: { sheetId, outcome } }] : []);
});
