import { accept } from '#kernel';
import type { WaitingFor } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { ChoiceField, TextField } from '../fields.js';

const WAITED_FOR = ['customer', 'third_party'] as const;

/** K-7: nothing can be done before somebody else acts. */
export class StartWaiting extends TextCommand {
  @ChoiceField(WAITED_FOR)
  waitingFor!: WaitingFor;

  @TextField({ optional: true })
  reason?: string;
}

export const startWaiting = decider<StartWaiting>('StartWaiting', (command, state, facts) => {
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  return accept([{ type: 'WaitingStarted', data: { waitingFor: command.waitingFor }, personal }]);
});
