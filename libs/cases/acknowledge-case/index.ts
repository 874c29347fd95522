import { accept } from '#kernel';
import { CHANNELS, type Channel } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { BooleanField, ChoiceField } from '../fields.js';

/** I-11: what was said is repeated back and confirmed; own fault: an apology. */
export class AcknowledgeCase extends CaseCommand {
  @ChoiceField(CHANNELS)
  channel!: Channel;

  @BooleanField({ optional: true })
  apologised?: boolean;
}

export const acknowledgeCase = decider<AcknowledgeCase>('AcknowledgeCase', ({ channel, apologised }) =>
  accept([{ type: 'CaseAcknowledged', data: { channel, ...(apologised === true ? { apologised } : {}) } }]),
);
