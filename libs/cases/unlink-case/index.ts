import { accept, refuse } from '#kernel';
import { CaseCommand, decider } from '../command.js';
import { CodeField, IdField } from '../fields.js';

/** a link turns out to be wrong; it goes, on record. */
export class UnlinkCase extends CaseCommand {
  @IdField()
  linkId!: string;

  @CodeField()
  reasonCode!: string;
}

/** Refusals: NOT_LINKED, UNKNOWN_LINK. */
export const unlinkCase = decider<UnlinkCase>('UnlinkCase', ({ linkId, reasonCode }, { links }) => {
  const link = links.find((it) => it.linkId === linkId);
  if (link === undefined) return refuse('UNKNOWN_LINK', { linkId, links: links.map((it) => it.linkId) });
  return accept([{ type: 'CaseUnlinked', data: { linkId, otherCaseId: link.otherCaseId, reasonCode } }]);
});
