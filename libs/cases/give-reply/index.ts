import { accept } from '#kernel';
import { CHANNELS, type Channel } from '../domain/index.js';
import { decider, freeText, TextCommand } from '../command.js';
import { ChoiceField, TextField } from '../fields.js';

/** K-1: an answer to the complainant. Entered late it still counts from when it was given (K-8). */
export class GiveReply extends TextCommand {
  @ChoiceField(CHANNELS)
  channel!: Channel;

  @TextField()
  text!: string;
}

export const giveReply = decider<GiveReply>('GiveReply', (command, state, facts) => {
  const personal = { text: freeText(command, state, facts)(command.text) };
  return accept([{ type: 'ReplyGiven', data: { channel: command.channel }, personal }]);
});
