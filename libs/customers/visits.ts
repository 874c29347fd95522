import type { Facts, Instant } from '#kernel';
import type { Policy, RoutineVisit } from '#policy';
import type { CustomerEvent, RecordedCustomerEvent, VisitCancelledBecause } from './events.js';
import { isErased, type CustomerState, type MilestoneState, type VisitState } from './state.js';

/**
 * V-2: the earliest visit that was scheduled for before an instant falls due. It stands as it was scheduled: another version of
 * the pack counts for milestones that are recorded or corrected under it.
 */
export function visitDue({ visits }: CustomerState, until: Instant): readonly CustomerEvent[] {
  const due = visits
    .filter(({ state, opensAt }) => state === 'scheduled' && opensAt < until)
    .sort((a, b) => (a.opensAt === b.opensAt ? compare(a.visitId, b.visitId) : compare(a.opensAt, b.opensAt)))[0];
  return due === undefined ? [] : [{ type: 'VisitFellDue', data: { visitId: due.visitId }, occurredAt: due.opensAt }];
}

/**
 * V-2: what an event makes of the visits. A milestone schedules those of the pack. One that is corrected calls off what had not
 * come to its end, visits whose case is open included (their cases are withdrawn), and schedules it anew from the right day,
 * so that its clock counts from there; what was made stays made and is not made again. One that is withdrawn, and a customer
 * who is erased, call off all that had not come to its end.
 */
export function visitsAfter(
  state: CustomerState,
  event: RecordedCustomerEvent,
  facts: Facts<Policy>,
): readonly CustomerEvent[] {
  switch (event.type) {
    case 'MilestoneReached':
      return scheduled(state, event.data.milestoneId, facts);
    case 'MilestoneCorrected': {
      const { milestoneId } = event.data;
      return [
        ...calledOff(state, 'milestone_corrected', (it) => it.milestoneId === milestoneId),
        ...scheduled(state, milestoneId, facts),
      ];
    }
    case 'MilestoneWithdrawn':
      return calledOff(state, 'milestone_withdrawn', (it) => it.milestoneId === event.data.milestoneId);
    case 'SubjectErased':
      return isErased(state) ? calledOff(state, 'customer_erased', () => true) : [];
    case 'VisitFellDue':
      return repeated(state, event.data.visitId, facts);
    default:
      return [];
  }
}

const calledOff = (
  { visits }: CustomerState,
  reasonCode: VisitCancelledBecause,
  which: (visit: VisitState) => boolean,
): readonly CustomerEvent[] =>
  visits
    .filter((it) => (it.state === 'scheduled' || it.state === 'open') && which(it))
    .map(({ visitId }) => ({ type: 'VisitCancelled', data: { visitId, reasonCode } }));

function scheduled(state: CustomerState, milestoneId: string, facts: Facts<Policy>): readonly CustomerEvent[] {
  const reached = state.milestones.find((it) => it.milestoneId === milestoneId);
  if (reached === undefined || reached.withdrawn) return [];
  return facts.policy.routineVisits
    .filter(({ milestone }) => milestone === reached.milestone)
    .flatMap((rule) => firstOf(rule, state, reached, facts));
}

/** The first that is still to be made: behind those that were made, and not long past (the pack's `lapsesAfter`). */
function firstOf(
  rule: RoutineVisit,
  { visits }: CustomerState,
  { milestoneId, reachedAt }: MilestoneState,
  facts: Facts<Policy>,
): readonly CustomerEvent[] {
  const { id: visit, opensAfter, repeatsEvery, lapsesAfter, calendar, source } = rule;
  const after = (from: Instant, span: RoutineVisit['opensAfter']): Instant =>
    span === undefined ? from : facts.policy.after(from, span, calendar);
  const made = visits.filter((it) => it.visit === visit && it.milestoneId === milestoneId && isOver(it)).length;
  const lapsed = (opensAt: Instant): boolean => lapsesAfter !== undefined && after(opensAt, lapsesAfter) <= facts.at;
  let opensAt = after(reachedAt, opensAfter);
  if (repeatsEvery === undefined) {
    if (made > 0) return [];
    if (lapsed(opensAt)) return [{ type: 'VisitLapsed', data: { milestoneId, visit, opensAt, source } }];
    return [schedule(rule, { milestoneId, occurrence: 0, opensAt }, facts)];
  }
  let occurrence = 0;
  // Of several that are past only the last one is made up for: nobody is visited twice for two years that went by.
  for (let next = after(opensAt, repeatsEvery); occurrence < made || next <= facts.at || lapsed(opensAt);) {
    opensAt = next;
    occurrence += 1;
    next = after(opensAt, repeatsEvery);
  }
  return [schedule(rule, { milestoneId, occurrence, opensAt }, facts)];
}

const isOver = ({ state }: VisitState): boolean => state === 'made' || state === 'declined' || state === 'withdrawn';

/** Yearly for old customers: so long after the one before, whatever became of that. */
function repeated({ visits }: CustomerState, visitId: string, facts: Facts<Policy>): readonly CustomerEvent[] {
  const before = visits.find((it) => it.visitId === visitId);
  const rule = facts.policy.routineVisits.find(({ id }) => id === before?.visit);
  if (before === undefined || rule?.repeatsEvery === undefined) return [];
  const opensAt = facts.policy.after(before.opensAt, rule.repeatsEvery, rule.calendar);
  return [schedule(rule, { milestoneId: before.milestoneId, occurrence: before.occurrence + 1, opensAt }, facts)];
}

const schedule = (
  { id: visit, source }: RoutineVisit,
  when: Pick<VisitState, 'milestoneId' | 'occurrence' | 'opensAt'>,
  { newId }: Facts<Policy>,
): CustomerEvent => ({ type: 'VisitScheduled', data: { visitId: newId(), visit, ...when, source } });

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
