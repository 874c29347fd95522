import { accept, refuse, type Secret } from '#kernel';
import { mainComplainant } from '../domain/index.js';
import { CaseCommand, decider, isParty, present, unknownParty } from '../command.js';
import { ChoiceField, IdField } from '../fields.js';

const PROFILES = ['professional', 'problem', 'potential'] as const;
const MOTIVES = ['respect', 'venting', 'compensation', 'solution'] as const;

/** I-9: what kind of complainant it is and what moves them. Both are personal. */
export class AssessProfile extends CaseCommand {
  @IdField({ optional: true, description: 'The complainant where left out' })
  partyId?: string;

  @ChoiceField(PROFILES, { optional: true })
  profile?: (typeof PROFILES)[number];

  @ChoiceField(MOTIVES, { optional: true })
  motive?: (typeof MOTIVES)[number];
}

/** Refusals: UNKNOWN_PARTY, NOTHING_CHANGES. */
export const assessProfile = decider<AssessProfile>('AssessProfile', (command, state) => {
  const { profile, motive, partyId = mainComplainant(state) ?? '' } = command;
  if (!isParty(state, partyId)) return unknownParty(state, partyId);
  if (profile === undefined && motive === undefined) return refuse('NOTHING_CHANGES');
  const theirs = (value: string | undefined): Secret | undefined =>
    value === undefined ? undefined : { keyId: partyId, value };
  const personal = present({ profile: theirs(profile), motive: theirs(motive) });
  return accept([{ type: 'ProfileAssessed', data: { partyId }, personal }]);
});
