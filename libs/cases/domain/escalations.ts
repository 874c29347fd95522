import type { Facts } from '#kernel';
import type { EscalationRule, Policy } from '#policy';
import { ESCALATION_CLOCK, escalationOf, fallingWith, occurrence } from './clocks/index.js';
import type { CaseEvent, RecordedCaseEvent } from './events.js';
import { holdersOf } from './posts.js';
import type { CaseState, EscalationState } from './state.js';

/** E-1: those whom the pack calls in after an event. A chain that is open already is not begun again: nothing floods. */
export function escalationsAfter(
  state: CaseState,
  event: RecordedCaseEvent,
  facts: Facts<Policy>,
): readonly CaseEvent[] {
  if (event.meta.historical === true) return [];
  const { policy } = facts;
  if (event.type === 'DeadlineMissed' && event.data.clock === ESCALATION_CLOCK) {
    return passedUp(escalationOf(state, event.data), state, event, facts);
  }
  return policy
    .escalationsOn(occurrence(state, event, policy))
    .filter(({ id }) => !state.escalations.some((it) => it.chain === id && it.state === 'open'))
    .map((rule) => calledIn(rule, 1, { state, event, policy }, { escalationId: nextId(rule, state) }));
}

/** Nobody acknowledged in time: the next level, where there is one. The last one waits on. */
function passedUp(
  escalation: EscalationState | undefined,
  state: CaseState,
  event: RecordedCaseEvent,
  { policy }: Facts<Policy>,
): readonly CaseEvent[] {
  const rule = escalation?.chain === undefined ? undefined : policy.escalation(escalation.chain);
  if (escalation?.state !== 'open' || rule?.levels[escalation.level] === undefined) return [];
  const { escalationId: above, cause, ground } = escalation;
  const called = { escalationId: nextId(rule, state), above, cause, ground };
  return [calledIn(rule, escalation.level + 1, { state, event, policy }, called)];
}

/**
 * Counted within the case, not drawn: who reads the case before a timer has written what is due sees the id that will be
 * written (EVENTS.md 17).
 */
const nextId = ({ id }: EscalationRule, { escalations }: CaseState): string => `${id}.${escalations.length + 1}`;

interface Happening {
  readonly state: CaseState;
  readonly event: RecordedCaseEvent;
  readonly policy: Policy;
}

interface Called {
  readonly escalationId: string;
  readonly above?: string;
  readonly cause?: string | undefined;
  readonly ground?: string | undefined;
}

function calledIn(
  { id: chain, levels, source }: EscalationRule,
  level: number,
  { state, event, policy }: Happening,
  called: Called,
): CaseEvent {
  const ground = called.ground ?? (event.type === 'SeverityRaised' ? event.data.ground.groundId : undefined);
  const { clock } = event.data as { readonly clock?: string };
  return {
    type: 'CaseEscalated',
    data: {
      escalationId: called.escalationId,
      level,
      reasonCode: called.above === undefined ? event.type : 'NOT_ACKNOWLEDGED',
      recipients: holdersOf(levels[level - 1]!.to, state, policy, event.meta.occurredAt),
      chain,
      ...(called.above === undefined ? {} : { above: called.above }),
      cause: called.cause ?? event.id,
      ...(ground === undefined ? {} : { ground }),
      ...(clock === undefined || called.above !== undefined ? {} : { clock }),
      source,
    },
    occurredAt: event.meta.occurredAt,
  };
}

/** EVENTS.md 16: what was called in or begun because of a verdict is called off when the verdict falls; nothing is unsent. */
export function calledOff(
  state: CaseState,
  event: Extract<RecordedCaseEvent, { type: 'VerdictCorrected' }>,
): CaseEvent[] {
  const { replaces } = event.data;
  return [
    ...fallingWith(state, replaces).map(({ clock, run }): CaseEvent => ({
      type: 'DeadlineCancelled',
      data: { clock, run, reasonCode: 'VERDICT_CORRECTED' },
      occurredAt: event.meta.occurredAt,
    })),
    ...withdrawn(state, ({ cause }) => cause === replaces, event, 'VERDICT_CORRECTED'),
  ];
}

/** S-3: a ground that falls takes with it what rested on it. */
export const groundsFell = (
  state: CaseState,
  event: Extract<RecordedCaseEvent, { type: 'SeverityLowered' }>,
): readonly CaseEvent[] =>
  withdrawn(state, ({ ground }) => ground !== undefined && event.data.fallen.includes(ground), event, 'GROUND_FELL');

const withdrawn = (
  state: CaseState,
  matches: (escalation: EscalationState) => boolean,
  { id: cause, meta: { occurredAt } }: RecordedCaseEvent,
  reasonCode: string,
): CaseEvent[] =>
  state.escalations
    .filter((escalation) => escalation.state === 'open' && matches(escalation))
    .map(({ escalationId }) => ({
      type: 'EscalationWithdrawn',
      data: { escalationId, reasonCode, cause },
      occurredAt,
    }));
