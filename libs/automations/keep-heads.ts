import { caseStream, MIRRORED, type LinkRelation, type RecordedCaseEvent } from '#cases';
import { FollowCases, readCaseEvent } from './follow-cases.js';
import type { FollowPorts } from './log-follower.js';

/** A link between a head case and one that it gathers, as the other one of the two is to know it (E-2). */
export interface MirroredLink {
  /** The case that is to have it. */
  readonly caseId: string;
  /** The case that has it already. */
  readonly otherCaseId: string;
  readonly relation: LinkRelation;
  /** The event that somebody caused: what is sent because of it is recognised. */
  readonly cause: string;
}

export interface KeepHeadsPorts extends FollowPorts {
  /** Links; what is linked already, or a case that is not there, is left as it is. */
  readonly link: (link: MirroredLink) => Promise<void>;
  /** Undoes it, where it is there. */
  readonly unlink: (link: MirroredLink) => Promise<void>;
}

/**
 * E-2: when a case is put under a head, or a head gathers a case, then the other one of the two knows it too; when that is
 * undone, it is undone there. Each keeps its clocks and its stream: merging is membership.
 */
export class KeepHeads extends FollowCases {
  constructor(private readonly heads: KeepHeadsPorts) {
    super(heads, ['CaseLinked', 'CaseUnlinked'], (event, caseId) => this.carryOut(event, caseId));
  }

  private async carryOut(event: RecordedCaseEvent, caseId: string): Promise<boolean> {
    // What this automation wrote itself has its counterpart already.
    if (event.meta.actor.role === 'engine') return false;
    if (event.type !== 'CaseLinked' && event.type !== 'CaseUnlinked') return false;
    const { linkId, otherCaseId } = event.data;
    const was = event.type === 'CaseLinked' ? event.data.relation : await this.relationOf(caseId, linkId);
    const relation = was && MIRRORED[was];
    if (relation === undefined) return false;
    const link = { caseId: otherCaseId, otherCaseId: caseId, relation, cause: event.id };
    await (event.type === 'CaseLinked' ? this.heads.link(link) : this.heads.unlink(link));
    return true;
  }

  private async relationOf(caseId: string, linkId: string): Promise<LinkRelation | undefined> {
    const events = await this.heads.reader.readStream(caseStream(caseId));
    for (const stored of events) {
      const event = readCaseEvent(stored);
      if (event?.type === 'CaseLinked' && event.data.linkId === linkId) return event.data.relation;
    }
    return undefined;
  }
}
