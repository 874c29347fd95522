import { accept, refuse, type Secret } from '#kernel';
import type { Party } from '../domain/index.js';
import { CaseCommand, decider, PersonDetails, personSecret } from '../command.js';
import { IntField, NestedListField } from '../fields.js';

/** I-7: more people join the complaint. */
export class GrowGroup extends CaseCommand {
  @IntField({ optional: true, min: 2, max: 1_000_000, description: 'How many complain together now' })
  persons?: number;

  @NestedListField(() => PersonDetails, { optional: true, description: 'Those of the new ones who are known' })
  members?: PersonDetails[];
}

/** Result: `members`, the ids of the new parties. Refusals: GROUP_NOT_GROWN, PERSONS_FEWER_THAN_NAMED. */
export const growGroup = decider<GrowGroup>('GrowGroup', ({ members = [], ...command }, state, facts) => {
  const persons = command.persons ?? state.persons + members.length;
  if (persons <= state.persons) return refuse('GROUP_NOT_GROWN', { persons, before: state.persons });
  const named = state.parties.filter(({ role }) => role === 'complainant' || role === 'group_member').length;
  if (named + members.length > persons) {
    return refuse('PERSONS_FEWER_THAN_NAMED', { persons, named: named + members.length });
  }
  const joining = members.map((details) => ({ partyId: facts.newKey(), details }));
  const parties = joining.map(({ partyId }): Party => ({ partyId, role: 'group_member' }));
  const personal: Record<string, Secret> = {};
  for (const { partyId, details } of joining) {
    const secret = personSecret(partyId, details);
    if (secret) personal[`complainant:${partyId}`] = secret;
  }
  const result = { members: parties.map(({ partyId }) => partyId) };
  return accept([{ type: 'GroupGrown', data: { persons, parties }, personal }], result);
});
