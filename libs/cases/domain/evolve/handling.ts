import type { CaseState, EscalationState, PlanState } from '../state.js';
import { enter, unchanged, changed, withNew, without, type Folds } from './fold.js';

/** What is done about it between acceptance and result. */
export const HANDLING: Folds<
  | 'CaseAssigned'
  | 'CaseTransferred'
  | 'CasePassedOn'
  | 'HandlerRecused'
  | 'InvestigationRecorded'
  | 'PlanProposed'
  | 'PlanAccepted'
  | 'PlanRejected'
  | 'ProgressReported'
  | 'PromiseMade'
  | 'PromiseKept'
  | 'PromiseBroken'
  | 'WaitingStarted'
  | 'WaitingEnded'
  | 'CompensationProposed'
  | 'CompensationApproved'
  | 'CompensationDeclined'
  | 'RequiredStepDone'
  | 'CaseEscalated'
  | 'EscalationAcknowledged'
  | 'EscalationWithdrawn'
  | 'CaseReportedUp'
  | 'CaseMovedToPolicy'
> = {
  CaseAssigned: (state, { data }) => withHandler(state, data),
  CaseTransferred: (state, { data }) => withHandler(state, data),
  CasePassedOn: (state, { data }) => ({ ...state, passedOnTo: data.to }),
  HandlerRecused: (state, { data }) => {
    const { owner, ...rest } = state;
    const recused = withNew(state.recused, [data.person]);
    return owner === undefined || owner === data.person ? { ...rest, recused } : { ...state, recused };
  },
  InvestigationRecorded: (state, { data }) => ({ ...state, justification: data.justification }),
  PlanProposed: (state, { data }) => ({
    ...state,
    plans: [...state.plans, { ...data, state: 'proposed', round: state.reopenCount }],
  }),
  PlanAccepted: (state, { data }) => ({ ...state, plans: answered(state.plans, data.planId, 'accepted') }),
  PlanRejected: (state, { data }) => ({ ...state, plans: answered(state.plans, data.planId, 'rejected') }),
  ProgressReported: unchanged,
  PromiseMade: (state, { data }) => ({ ...state, promises: [...state.promises, { ...data, state: 'open' }] }),
  PromiseKept: (state, { data }) => ({ ...state, promises: became(state.promises, data.promiseId, 'kept') }),
  PromiseBroken: (state, { data }) => ({ ...state, promises: became(state.promises, data.promiseId, 'broken') }),
  WaitingStarted: (state, { data }) => enter(state, { phase: 'waiting', waitingFor: data.waitingFor }),
  WaitingEnded: (state) => (state.phase === 'waiting' ? enter(state, { phase: 'handling' }) : state),
  CompensationProposed: (state, { data }) => ({
    ...state,
    compensations: [...state.compensations, { ...data, state: 'proposed' }],
  }),
  CompensationApproved: (state, { data }) => ({
    ...state,
    compensations: decided(state.compensations, data.compensationId, 'approved'),
  }),
  CompensationDeclined: (state, { data }) => ({
    ...state,
    compensations: decided(state.compensations, data.compensationId, 'declined'),
  }),
  // What a step found is asked by what comes after it.
  RequiredStepDone: (state, { data }) => ({
    ...state,
    steps: withNew(state.steps, [data.step]),
    fields: { ...state.fields, ...data.values },
  }),
  CaseEscalated: (state, { data }) => {
    const { escalationId, level, recipients, chain, cause, ground, above } = data;
    const called: EscalationState = {
      escalationId,
      level,
      recipients,
      state: 'open',
      ...(chain === undefined ? {} : { chain }),
      ...(cause === undefined ? {} : { cause }),
      ...(ground === undefined ? {} : { ground }),
    };
    const below = above === undefined ? state.escalations : ended(state.escalations, above, 'passed_up');
    return { ...state, escalations: [...below, called] };
  },
  EscalationAcknowledged: (state, { data }) => ({
    ...state,
    escalations: ended(state.escalations, data.escalationId, 'acknowledged'),
  }),
  EscalationWithdrawn: (state, { data }) => ({
    ...state,
    escalations: ended(state.escalations, data.escalationId, 'withdrawn'),
  }),
  CaseReportedUp: unchanged,
  CaseMovedToPolicy: (state, { data: { pack, version } }) => ({ ...state, policy: { pack, version } }),
};

/** An owner who is not named stays in the old unit: who the new one puts on it is theirs to say. */
function withHandler(state: CaseState, to: { readonly unit: string; readonly owner?: string }): CaseState {
  const handled = without(state, ['owner']) as CaseState;
  return { ...handled, unit: to.unit, ...(to.owner === undefined ? {} : { owner: to.owner }) };
}

const answered = (plans: CaseState['plans'], planId: string, state: PlanState['state']): CaseState['plans'] =>
  changed(
    plans,
    (it) => it.planId === planId,
    (it) => ({ ...it, state }),
  );

/** What was kept stays kept, whatever a settlement says that is folded after it (by occurred time). */
const became = (promises: CaseState['promises'], promiseId: string, state: 'kept' | 'broken'): CaseState['promises'] =>
  changed(
    promises,
    (it) => it.promiseId === promiseId && it.state !== 'kept',
    (it) => ({ ...it, state }),
  );

const decided = (
  list: CaseState['compensations'],
  compensationId: string,
  state: 'approved' | 'declined',
): CaseState['compensations'] =>
  changed(
    list,
    (it) => it.compensationId === compensationId,
    (it) => ({ ...it, state }),
  );

const ended = (
  escalations: CaseState['escalations'],
  escalationId: string,
  state: EscalationState['state'],
): CaseState['escalations'] =>
  changed(
    escalations,
    (it) => it.escalationId === escalationId,
    (it) => ({ ...it, state }),
  );
