import { refuse, type Facts, type Instant, type Refusal } from '#kernel';
import type { CustomersWho, FileDuty, Policy } from '#policy';
import type { CustomerEvent, CustomerEventType, RecordedCustomerEvent } from './events.js';
import { isErased, type CustomerState } from './state.js';

/** What can change which duties a file is under. */
const CAUSES: ReadonlySet<CustomerEventType> = new Set<CustomerEventType>([
  'CustomerRegistered',
  'DetailsCorrected',
  'FileReviewed',
  'TierAssigned',
  'QualityEstablished',
  'QualityWithdrawn',
  'MilestoneReached',
  'MilestoneWithdrawn',
]);

/** C-2: the earliest duty that was due before an instant and not met is missed; it stands as it was set, and stays owed. */
export function dutyDue({ duties }: CustomerState, until: Instant): readonly CustomerEvent[] {
  const [due] = duties
    .filter(({ state, missed, dueAt }) => state === 'open' && !missed && dueAt < until)
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : a.dutyId < b.dutyId ? -1 : 1));
  return due === undefined ? [] : [{ type: 'FileDutyMissed', data: { dutyId: due.dutyId }, occurredAt: due.dueAt }];
}

/**
 * C-2: what an event makes of the duties of the file. A superior's review meets all that are open, and sets those that count
 * from it. Any other cause sets what is owed from then on and calls off what is owed no more; a duty that is open stays as it
 * was set, so that a further correction gives no further time.
 */
export function dutiesAfter(
  state: CustomerState,
  event: RecordedCustomerEvent,
  facts: Facts<Policy>,
): readonly CustomerEvent[] {
  if (!CAUSES.has(event.type) || isErased(state)) return [];
  const open = state.duties.filter((it) => it.state === 'open');
  const owed = facts.policy.customers.fileDuties.filter((it) => isOwed(it, state));
  const isReview = event.type === 'FileReviewed';
  const over = isReview ? open : open.filter(({ duty }) => !owed.some(({ id }) => id === duty));
  const begun = isReview ? owed : owed.filter(({ id }) => !open.some(({ duty }) => duty === id));
  return [
    ...over.map(({ dutyId }): CustomerEvent => ({
      type: isReview ? 'FileDutyMet' : 'FileDutyCancelled',
      data: { dutyId },
    })),
    ...begun.map((rule) => set(rule, facts)),
  ];
}

/** C-2: an important new customer has two or more of ours who keep the contact. @returns TOO_FEW_LIAISONS */
export function liaisonRefusal(state: CustomerState, { policy }: Facts<Policy>): Refusal | undefined {
  if (state.everReviewed) return undefined;
  const broken = policy.customers.liaisons.find(
    ({ when, atLeast }) => state.liaisons.length < atLeast && isOneOf(when, state),
  );
  return broken && refuse('TOO_FEW_LIAISONS', { rule: broken.id, atLeast: broken.atLeast, liaisons: state.liaisons });
}

/** Whether a file that was reviewed as it is is to be reviewed again all the same: regularly, or since that was missed. */
export const isReviewOwed = ({ duties }: CustomerState): boolean => duties.some(({ state }) => state === 'open');

function isOwed({ countsFrom, when }: FileDuty, state: CustomerState): boolean {
  const causes = {
    registered: !state.everReviewed,
    changed: state.everReviewed && state.reviewed === undefined,
    reviewed: state.everReviewed,
  };
  return countsFrom.some((cause) => causes[cause]) && isOneOf(when, state);
}

function isOneOf(when: CustomersWho | undefined, state: CustomerState): boolean {
  const { tiers, quality, milestone } = when ?? {};
  return (
    (tiers === undefined || (state.tier !== undefined && tiers.includes(state.tier))) &&
    (quality === undefined || quality === state.quality.length > 0) &&
    (milestone === undefined || state.milestones.some((it) => it.milestone === milestone && !it.withdrawn))
  );
}

const set = (
  { id: duty, budget, calendar, source }: FileDuty,
  { at, newId, policy }: Facts<Policy>,
): CustomerEvent => ({
  type: 'FileDutySet',
  data: { dutyId: newId(), duty, dueAt: policy.after(at, budget, calendar), budget: policy.written(budget), source },
});
