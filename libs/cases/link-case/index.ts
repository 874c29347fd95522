import { accept, refuse } from '#kernel';
import { caseStream, LINK_RELATIONS, type LinkRelation } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { ChoiceField, CodeField, IdField } from '../fields.js';

/** this case has to do with another one. */
export class LinkCase extends CaseCommand {
  @IdField()
  otherCaseId!: string;

  @ChoiceField(LINK_RELATIONS)
  relation!: LinkRelation;

  @CodeField({ optional: true, description: 'The rule that found it; `person` where somebody did' })
  rule?: string;
}

/** Result: `linkId`. Refusals: OWN_CASE, ALREADY_LINKED. */
export const linkCase = decider<LinkCase>('LinkCase', (command, state, facts) => {
  const { otherCaseId, relation, rule = 'person' } = command;
  if (state.stream === caseStream(otherCaseId)) return refuse('OWN_CASE', { otherCaseId });
  const known = state.links.find((it) => it.otherCaseId === otherCaseId && it.relation === relation);
  if (known !== undefined) return refuse('ALREADY_LINKED', { linkId: known.linkId });
  const linkId = facts.newId();
  return accept([{ type: 'CaseLinked', data: { linkId, otherCaseId, relation, rule } }], { linkId });
});
