import { accept, refuse } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { refuseMove } from '../domain/index.js';
import { CodeField, TextField } from '../fields.js';

/** old cases keep the policy they were opened under unless a recorded decision moves them. */
export class MoveCaseToPolicy extends TextCommand {
  @CodeField({ optional: true, description: 'The pack; the one that rules the case where left out' })
  pack?: string;

  @CodeField({ description: 'A version that is in force already' })
  version!: string;

  @TextField({ optional: true })
  reason?: string;
}

/**
 * What is due is settled under the old version first; the new one rules from this event on. It cannot be told late: what was
 * decided meanwhile was decided under the old version. Refusals: UNDER_THIS_POLICY, MOVED_IN_THE_PAST; of who knows the
 * packs: UNKNOWN_PACK, UNKNOWN_VERSION, NOT_IN_FORCE_YET.
 */
export const moveCaseToPolicy = decider<MoveCaseToPolicy>('MoveCaseToPolicy', (command, state, facts) => {
  const { policy } = state;
  if (command.occurredAt !== undefined) return refuse('MOVED_IN_THE_PAST', { occurredAt: command.occurredAt });
  if (policy === undefined) return refuseMove('CASE_NOT_RECEIVED', state, facts);
  const { pack = policy.pack, version } = command;
  if (pack === policy.pack && version === policy.version) return refuse('UNDER_THIS_POLICY', { pack, version });
  const secret = freeText(command, state, facts);
  return accept([
    {
      type: 'CaseMovedToPolicy',
      data: { pack, version, from: { pack: policy.pack, version: policy.version } },
      personal: present({ reason: secret(command.reason) }),
    },
  ]);
});
