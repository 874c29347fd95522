import { accept, refuse, type Facts, type Instant, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { decider, freeText, unknownWord } from './command.js';
import type { CustomerEvent } from './events.js';
import type { CustomerState, MilestoneState } from './state.js';

/** Before this there is no customer of anybody; and visits are counted from it on. */
const EARLIEST: Instant = '1900-01-01T00:00:00.000Z';

export interface RecordMilestone {
  readonly milestone: string;
  /** When it was; now where left out. */
  readonly reachedAt?: Instant;
  readonly remarks?: string;
}

/**
 * V-2: signed, handed over, or what else the pack names; the same may be reached again (a second purchase). What it makes fall
 * due is scheduled in the same append.
 * Result: `milestoneId`. Refusals: UNKNOWN_MILESTONE, OCCURRED_IN_FUTURE, TOO_LONG_AGO.
 */
export const recordMilestone = decider<RecordMilestone>('RecordMilestone', (command, state, facts) => {
  const event = milestoneEvent(command, state, facts);
  return 'refused' in event ? event : accept([event], { milestoneId: String(event.data['milestoneId']) });
});

type MilestoneReached = Extract<CustomerEvent, { type: 'MilestoneReached' }>;

export function milestoneEvent(
  { milestone, reachedAt = undefined, remarks }: RecordMilestone,
  state: Pick<CustomerState, 'partyId'>,
  facts: Facts<Policy>,
): MilestoneReached | Refusal {
  const at = reachedAt ?? facts.at;
  const refusal =
    unknownWord('UNKNOWN_MILESTONE', milestone, facts.policy.customers.milestones) ?? misplaced(at, facts);
  if (refusal !== undefined) return refusal;
  const text = freeText(remarks, state, facts);
  return {
    type: 'MilestoneReached',
    data: { milestoneId: facts.newId(), milestone, reachedAt: at },
    ...(text === undefined ? {} : { personal: { remarks: text } }),
    occurredAt: at,
  };
}

export interface CorrectMilestone {
  readonly milestoneId: string;
  readonly reachedAt: Instant;
  readonly reason?: string;
}

/**
 * Another date, because the one on record was wrong. What that does to visits is said in `visitsAfter`. The same date again
 * changes nothing.
 * Refusals: UNKNOWN_MILESTONE_ID, OCCURRED_IN_FUTURE, TOO_LONG_AGO.
 */
export const correctMilestone = decider<CorrectMilestone>('CorrectMilestone', (command, state, facts) => {
  const { milestoneId, reachedAt, reason } = command;
  const standing = standingMilestone(state, milestoneId);
  const refusal = 'refused' in standing ? standing : misplaced(reachedAt, facts);
  if (refusal !== undefined) return refusal;
  if ((standing as MilestoneState).reachedAt === reachedAt) return accept([]);
  const text = freeText(reason, state, facts);
  const personal = text === undefined ? {} : { personal: { reason: text } };
  return accept([{ type: 'MilestoneCorrected', data: { milestoneId, reachedAt }, ...personal }]);
});

export interface WithdrawMilestone {
  readonly milestoneId: string;
  readonly reasonCode: string;
  readonly reason?: string;
}

/** It was not so, or is not so any more (a contract dissolved). Refusals: UNKNOWN_MILESTONE_ID. */
export const withdrawMilestone = decider<WithdrawMilestone>('WithdrawMilestone', (command, state, facts) => {
  const { milestoneId, reasonCode, reason } = command;
  const standing = standingMilestone(state, milestoneId);
  if ('refused' in standing) return standing;
  const text = freeText(reason, state, facts);
  const personal = text === undefined ? {} : { personal: { reason: text } };
  return accept([{ type: 'MilestoneWithdrawn', data: { milestoneId, reasonCode }, ...personal }]);
});

function standingMilestone({ milestones }: CustomerState, milestoneId: string): MilestoneState | Refusal {
  const standing = milestones.filter(({ withdrawn }) => !withdrawn);
  return (
    standing.find((it) => it.milestoneId === milestoneId) ??
    refuse('UNKNOWN_MILESTONE_ID', { milestoneId, milestones: standing.map((it) => it.milestoneId) })
  );
}

function misplaced(at: Instant, facts: Facts<Policy>): Refusal | undefined {
  if (at > facts.at) return refuse('OCCURRED_IN_FUTURE', { occurredAt: at, now: facts.at });
  return at < EARLIEST ? refuse('TOO_LONG_AGO', { occurredAt: at, earliest: EARLIEST }) : undefined;
}
