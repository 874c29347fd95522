import { accept, refuse } from '#kernel';
import { CHANNELS, type Channel } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { BooleanField, ChoiceField, IntField, TextField } from '../fields.js';

/** V-1: after the handling the customer is asked about result and service. An attempt that reached nobody is recorded too. */
export class RecordReturnVisit extends TextCommand {
  @ChoiceField(CHANNELS)
  channel!: Channel;

  @BooleanField()
  reached!: boolean;

  @BooleanField({ optional: true })
  satisfied?: boolean;

  @IntField({ optional: true, min: 0, max: 10 })
  score?: number;

  @TextField({ optional: true })
  notes?: string;
}

/** Refusals: CUSTOMER_NOT_REACHED: who was not reached has said nothing. */
export const recordReturnVisit = decider<RecordReturnVisit>('RecordReturnVisit', (command, state, facts) => {
  const { channel, reached, satisfied, score } = command;
  if (!reached && (satisfied !== undefined || score !== undefined)) return refuse('CUSTOMER_NOT_REACHED');
  const personal = present({ notes: freeText(command, state, facts)(command.notes) });
  return accept([{ type: 'ReturnVisitMade', data: { channel, reached, ...present({ satisfied, score }) }, personal }]);
});
