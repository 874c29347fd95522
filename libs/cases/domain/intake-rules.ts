import type { Facts } from '#kernel';
import type { Policy } from '#policy';
import { asked } from './clocks/index.js';
import type { CaseEvent, RecordedCaseEvent } from './events.js';
import type { CaseState } from './state.js';

/** H-2: who is complained about takes no part, where the pack says so. */
export function recusalsAfter(
  state: CaseState,
  event: RecordedCaseEvent,
  { policy }: Facts<Policy>,
): readonly CaseEvent[] {
  const rule = policy.recusal;
  if (rule === undefined) return [];
  const received = [state.firstReceiver, state.receivedBy];
  return state.against
    .filter((person) => !state.recused.includes(person))
    .filter((person) => rule.bars === 'complained_about' || received.includes(person))
    .map((person) => ({
      type: 'HandlerRecused',
      data: { person, reasonCode: 'COMPLAINED_ABOUT', source: rule.source },
      occurredAt: event.meta.occurredAt,
    }));
}

/** S-4: the priority by the rules of the pack; on record where it changes. */
export function priorityAfter(
  state: CaseState,
  event: RecordedCaseEvent,
  { policy }: Facts<Policy>,
): readonly CaseEvent[] {
  const rule = policy.priorityOf(asked(state, policy));
  if (rule === undefined || rule.priority === state.priority?.priority) return [];
  const { id, priority, source } = rule;
  return [{ type: 'PriorityAssigned', data: { priority, rule: id, source }, occurredAt: event.meta.occurredAt }];
}

/** I-5: what the pack does not take on is declined at intake, with the reason on record. */
export function declinedAtIntake(
  state: CaseState,
  event: RecordedCaseEvent,
  { policy }: Facts<Policy>,
): readonly CaseEvent[] {
  const rule = event.type === 'CaseReceived' ? policy.declineOf(asked(state, policy)) : undefined;
  if (rule === undefined) return [];
  const { id, reasonCode, source } = rule;
  return [{ type: 'CaseDeclined', data: { reasonCode, rule: id, source }, occurredAt: event.meta.occurredAt }];
}
