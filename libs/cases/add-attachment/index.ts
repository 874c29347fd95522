import { accept, refuse } from '#kernel';
import { decider, TextCommand } from '../command.js';
import { mainComplainant } from '../domain/index.js';
import { IdField, IntField, PatternField, TextField } from '../fields.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** EVENTS.md 11: bytes that were encrypted and stored already. Sent by who stored them, never from outside. */
export class AddAttachment extends TextCommand {
  @IdField()
  attachmentId!: string;

  @IdField({ description: 'The key of the bytes, their name and their checksum' })
  keyId!: string;

  @PatternField(SHA256, '64 hexadecimal digits')
  ciphertextSha256!: string;

  @IntField()
  sizeBytes!: number;

  @PatternField(/^[\w.+-]{1,127}\/[\w.+-]{1,127}$/, 'a media type')
  mediaType!: string;

  @TextField({ max: 1000 })
  fileName!: string;

  @PatternField(SHA256, '64 hexadecimal digits')
  plaintextSha256!: string;
}

/** Result: `attachmentId`. Refusals: ATTACHMENT_THERE. */
export const addAttachment = decider<AddAttachment>('AddAttachment', (command, state) => {
  const { attachmentId, keyId, ciphertextSha256, sizeBytes, mediaType } = command;
  if (state.attachments.some((it) => it.attachmentId === attachmentId)) {
    return refuse('ATTACHMENT_THERE', { attachmentId });
  }
  const complainant = mainComplainant(state);
  const mentions = command.mentions ?? (complainant === undefined ? [] : [complainant]);
  const data = { attachmentId, ciphertextSha256, sizeBytes, keyId, mediaType };
  const personal = {
    fileName: { keyId, mentions, value: command.fileName },
    plaintextSha256: { keyId, mentions, value: command.plaintextSha256 },
  };
  return accept([{ type: 'AttachmentAdded', data, personal }], { attachmentId });
});
