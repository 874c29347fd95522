import { KeepHeads, type KeepHeadsPorts, type MirroredLink } from '#automations';
import { LinkCase, linkCase, MIRRORED, UnlinkCase, unlinkCase } from '#cases';
import { ENGINE, isRefusal } from '#kernel';
import { followedFrom } from './checkpoint.js';
import type { Engine } from '../engine/engine.js';

/** The other one belongs elsewhere, or there is no such case: then the link goes where it came from, on record. */
const TAKEN_BACK: Readonly<Record<string, string>> = {
  HAS_A_HEAD: 'has_another_head',
  IS_A_HEAD: 'is_a_head',
  NOT_FOUND: 'no_such_case',
};

/** E-2, with the engine under it. */
export function keepHeads(engine: Engine, told: Pick<KeepHeadsPorts, 'onFailure'>): KeepHeads {
  return new KeepHeads({
    clock: engine.clock,
    reader: engine.store,
    checkpoint: followedFrom('heads', engine.checkpoints),
    link: (link) => mirror(engine, link),
    unlink: (link) => undo(engine, link),
    ...told,
  });
}

const by = ({ caseId, cause }: MirroredLink) =>
  ({ id: caseId, commandId: `head-${cause}`, digest: '', actor: ENGINE, correlationId: `case-${caseId}` }) as const;

async function mirror(engine: Engine, link: MirroredLink): Promise<void> {
  const { caseId, otherCaseId, relation, cause } = link;
  const command = Object.assign(new LinkCase(), { otherCaseId, relation, rule: 'E-2' });
  const outcome = await engine.executor.execute({ ...by(link), decide: linkCase, command });
  if (!isRefusal(outcome) || outcome.code === 'ALREADY_LINKED') return;
  const reasonCode = TAKEN_BACK[outcome.code];
  if (reasonCode === undefined) throw new Error(`a head case was refused: ${outcome.code}`);
  const origin = { caseId: otherCaseId, otherCaseId: caseId, relation: MIRRORED[relation]!, cause: `${cause}-back` };
  await undo(engine, origin, reasonCode);
}

async function undo({ executor }: Engine, link: MirroredLink, reasonCode = 'undone_there'): Promise<void> {
  const known = (await executor.load(link.caseId))?.state.links ?? [];
  const it = known.find(({ otherCaseId, relation }) => otherCaseId === link.otherCaseId && relation === link.relation);
  if (it === undefined) return;
  const command = Object.assign(new UnlinkCase(), { linkId: it.linkId, reasonCode });
  const outcome = await executor.execute({ ...by(link), decide: unlinkCase, command });
  // Somebody undid it meanwhile.
  if (isRefusal(outcome) && outcome.code !== 'UNKNOWN_LINK' && outcome.code !== 'NOT_LINKED') {
    throw new Error(`the end of a head case was refused: ${outcome.code}`);
  }
}
