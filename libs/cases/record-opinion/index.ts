import { accept } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { BooleanField, IntField, TextField } from '../fields.js';

/** H-6: the customer's opinion on the result is asked and kept. */
export class RecordOpinion extends TextCommand {
  @BooleanField()
  satisfied!: boolean;

  @IntField({ optional: true, min: 0, max: 10 })
  score?: number;

  @TextField({ optional: true })
  opinion?: string;
}

export const recordOpinion = decider<RecordOpinion>('RecordOpinion', (command, state, facts) => {
  const { satisfied, score } = command;
  const personal = present({ opinion: freeText(command, state, facts)(command.opinion) });
  return accept([{ type: 'OpinionRecorded', data: { satisfied, ...present({ score }) }, personal }]);
});
