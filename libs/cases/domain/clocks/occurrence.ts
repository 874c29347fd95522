import type { CaseAsked, Occurrence, Policy } from '#policy';
import type { RecordedCaseEvent } from '../events.js';
import type { CaseState } from '../state.js';

/** A case as the conditions of a pack see it. */
export const asked = (state: CaseState, policy: Policy): CaseAsked => ({
  kind: state.kind,
  channel: state.channel ?? '',
  categories: policy.categoryPath(state.category),
  unit: state.unit ?? '',
  severity: state.severity,
  phase: state.phase,
  persons: state.persons,
  circumstances: state.circumstances,
  reopenings: state.reopenCount,
  repeats: state.repeats.map(({ rule }) => rule),
  priority: state.priority?.priority ?? '',
  fields: state.fields,
  given: state.given,
  filled: state.forms.filter(({ round }) => round === state.reopenCount).map(({ form }) => form),
  steps: state.steps,
  ...visitsOf(state),
  accepted: state.acceptedAt !== undefined,
  replied: state.replied,
  notifiedInWriting: state.notifiedInWriting,
  justification: state.justification ?? '',
  opinion: state.opinion !== undefined,
  satisfied: state.opinion?.satisfied === true,
  analysed: state.analysed,
  planAccepted: state.plans.some((plan) => plan.state === 'accepted' && plan.round === state.reopenCount),
  papersFiled: state.papersFiledWith !== undefined,
  passedOnTo: state.passedOnTo ?? '',
  verified: Object.values(state.verified).includes('verified'),
  visit: state.openedFrom !== undefined && 'visit' in state.openedFrom ? state.openedFrom.visit : '',
  customerTier: state.customer?.tier ?? '',
  qualityCustomer: state.customer?.quality === true,
  specialOwner: state.customer?.special === true,
  receivedAt: state.receivedAt ?? '',
});

/** V-1: visits count for the handling they followed; after a reopening the customer is visited anew. */
function visitsOf({ visits, reopenCount }: CaseState): { readonly visits: number; readonly visitsReached: number } {
  const ofThisRound = visits.filter(({ round }) => round === reopenCount);
  return { visits: ofThisRound.length, visitsReached: ofThisRound.filter(({ reached }) => reached).length };
}

/** An event as the pack sees it. A corrected verdict is to everything else what that verdict would have been. */
export const occurrence = (state: CaseState, event: RecordedCaseEvent, policy: Policy): Occurrence =>
  new OccurrenceIn(
    state,
    policy,
    event.type === 'VerdictCorrected' ? CORRECTED_TO[event.data.to] : event.type,
    event.data,
  );

/** The case is put into the words of the pack when a condition asks about it: most events meet none. */
class OccurrenceIn implements Occurrence {
  private seen: CaseAsked | undefined;

  constructor(
    private readonly state: CaseState,
    private readonly policy: Policy,
    readonly type: string,
    readonly data: Occurrence['data'],
  ) {}

  get case(): CaseAsked {
    return (this.seen ??= asked(this.state, this.policy));
  }
}

const CORRECTED_TO = {
  met: 'DeadlineMet',
  missed: 'DeadlineMissed',
  cancelled: 'DeadlineCancelled',
  running: 'VerdictCorrected',
} as const;

/** The instant whose knowledge counts: what the engine settles leans on what was known when it was due (EVENTS.md 14). */
export const knownAt = ({ meta }: RecordedCaseEvent): string =>
  meta.actor.role === 'engine' ? meta.occurredAt : meta.recordedAt;
