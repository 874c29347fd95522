import { accept, refuse } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import type { PassedOnTo } from '../domain/index.js';
import { BooleanField, ChoiceField, TextField } from '../fields.js';

const DESTINATIONS = ['service_centre', 'authority', 'group_call_centre', 'contact_given'] as const;

/** I-6: not ours, so passed to who it belongs to, or the complainant is told whom to turn to. */
export class PassOnCase extends TextCommand {
  @ChoiceField(DESTINATIONS)
  to!: PassedOnTo;

  @BooleanField({ optional: true })
  complainantAgreed?: boolean;

  @TextField({ optional: true })
  reason?: string;
}

/** Refusals: COMPLAINANT_MUST_AGREE: only who agrees is given a contact instead (I-6). */
export const passOnCase = decider<PassOnCase>('PassOnCase', (command, state, facts) => {
  const { to, complainantAgreed } = command;
  if (to === 'contact_given' && complainantAgreed !== true) return refuse('COMPLAINANT_MUST_AGREE');
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  return accept([{ type: 'CasePassedOn', data: { to, ...present({ complainantAgreed }) }, personal }]);
});
