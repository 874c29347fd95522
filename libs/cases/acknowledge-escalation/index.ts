import { accept, refuse } from '#kernel';
import { CaseCommand, decider } from '../command.js';
import { IdField } from '../fields.js';

/** E-1: who was called in takes note; the escalation ends. */
export class AcknowledgeEscalation extends CaseCommand {
  @IdField()
  escalationId!: string;
}

/** Refusals: NO_OPEN_ESCALATION, UNKNOWN_ESCALATION, ESCALATION_ENDED. */
export const acknowledgeEscalation = decider<AcknowledgeEscalation>(
  'AcknowledgeEscalation',
  ({ escalationId }, { escalations }, { actor }) => {
    const escalation = escalations.find((it) => it.escalationId === escalationId);
    if (escalation === undefined) {
      return refuse('UNKNOWN_ESCALATION', { escalationId, escalations: escalations.map((it) => it.escalationId) });
    }
    if (escalation.state !== 'open') return refuse('ESCALATION_ENDED', { escalationId, state: escalation.state });
    return accept([{ type: 'EscalationAcknowledged', data: { escalationId, by: actor.id } }]);
  },
);
