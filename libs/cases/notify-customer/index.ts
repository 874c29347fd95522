import { accept } from '#kernel';
import { CHANNELS, type Channel } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { BooleanField, ChoiceField, TextField } from '../fields.js';

/** H-6: the customer is told the result. */
export class NotifyCustomer extends TextCommand {
  @ChoiceField(CHANNELS)
  channel!: Channel;

  @BooleanField()
  inWriting!: boolean;

  @TextField({ optional: true })
  text?: string;
}

export const notifyCustomer = decider<NotifyCustomer>('NotifyCustomer', (command, state, facts) => {
  const { channel, inWriting } = command;
  const personal = present({ text: freeText(command, state, facts)(command.text) });
  return accept([{ type: 'CustomerNotified', data: { channel, inWriting }, personal }]);
});
