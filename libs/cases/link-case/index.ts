import { accept, refuse, type Refusal } from '#kernel';
import { caseStream, LINK_RELATIONS, type CaseState, type LinkRelation } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { ChoiceField, CodeField, IdField } from '../fields.js';

/**
 * this case has to do with another one. E-2: it is the `head_case` of the other, which it gathers, or `part_of` it; the
 * engine lets the other one know.
 */
export class LinkCase extends CaseCommand {
  @IdField()
  otherCaseId!: string;

  @ChoiceField(LINK_RELATIONS)
  relation!: LinkRelation;

  @CodeField({ optional: true, description: 'The rule that found it; `person` where somebody did' })
  rule?: string;
}

/** Result: `linkId`. Refusals: OWN_CASE, ALREADY_LINKED; HAS_A_HEAD, IS_A_HEAD: cases are gathered under one head (E-2). */
export const linkCase = decider<LinkCase>('LinkCase', (command, state, facts) => {
  const { otherCaseId, relation, rule = 'person' } = command;
  if (state.stream === caseStream(otherCaseId)) return refuse('OWN_CASE', { otherCaseId });
  const known = state.links.find((it) => it.otherCaseId === otherCaseId && it.relation === relation);
  if (known !== undefined) return refuse('ALREADY_LINKED', { linkId: known.linkId });
  const refusal = gathered(relation, state);
  if (refusal !== undefined) return refusal;
  const linkId = facts.newId();
  return accept([{ type: 'CaseLinked', data: { linkId, otherCaseId, relation, rule } }], { linkId });
});

/** E-2: one head, and no head above a head. */
function gathered(relation: LinkRelation, { links }: CaseState): Refusal | undefined {
  const has = (wanted: LinkRelation): string | undefined => links.find((it) => it.relation === wanted)?.otherCaseId;
  const [head, member] = [has('part_of'), has('head_case')];
  if (relation === 'part_of' && member !== undefined) return refuse('IS_A_HEAD', { of: member });
  const isUnderOne = relation === 'part_of' || relation === 'head_case';
  return isUnderOne && head !== undefined ? refuse('HAS_A_HEAD', { head }) : undefined;
}
