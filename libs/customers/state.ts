import type { Instant } from '#kernel';
import type { CustomerEventType, CustomerKind, RecordedCustomerEvent } from './events.js';

export interface MilestoneState {
  readonly milestoneId: string;
  readonly milestone: string;
  readonly reachedAt: Instant;
  readonly withdrawn: boolean;
}

export interface VisitState {
  /** The id of the case that it is, or will be. */
  readonly visitId: string;
  readonly visit: string;
  readonly milestoneId: string;
  readonly occurrence: number;
  readonly opensAt: Instant;
  /** `open`: it fell due, and its case has not come to its end. */
  readonly state: 'scheduled' | 'open' | 'cancelled' | 'made' | 'declined' | 'withdrawn';
}

export interface FileDutyState {
  readonly dutyId: string;
  /** The pack's id of it. */
  readonly duty: string;
  readonly dueAt: Instant;
  readonly state: 'open' | 'met' | 'cancelled';
  /** It was not met in time. */
  readonly missed: boolean;
}

/** A customer's file as it stands; no personal word is in it. */
export interface CustomerState {
  /** The pack that speaks of the customer; undefined where nothing is registered. */
  readonly pack?: string;
  readonly partyId: string;
  readonly kind: CustomerKind;
  readonly unit?: string;
  readonly consent?: string;
  readonly given: readonly string[];
  /** Who answers for the data as they are now (C-2). */
  readonly enteredBy: string;
  readonly registeredAt: Instant;
  readonly reviewed?: { readonly by: string; readonly at: Instant };
  /** A superior has reviewed it, whatever was changed since. */
  readonly everReviewed: boolean;
  readonly tier?: string;
  readonly quality: readonly { readonly ground: string; readonly by: 'person' | 'milestones' }[];
  readonly special: boolean;
  readonly milestones: readonly MilestoneState[];
  readonly contacts: readonly string[];
  readonly liaisons: readonly string[];
  readonly visits: readonly VisitState[];
  readonly duties: readonly FileDutyState[];
  /** The keys of free texts, and whom these mention, so that an erasure finds them (EVENTS.md 7). */
  readonly texts: readonly { readonly keyId: string; readonly mentions: readonly string[] }[];
  readonly erasedParties: readonly string[];
}

export const initialCustomer: CustomerState = {
  partyId: '',
  kind: 'person',
  given: [],
  enteredBy: '',
  registeredAt: '',
  everReviewed: false,
  quality: [],
  special: false,
  milestones: [],
  contacts: [],
  liaisons: [],
  visits: [],
  duties: [],
  texts: [],
  erasedParties: [],
};

/** Whether the customer was erased: what is left of the file says nothing of anybody. */
export const isErased = ({ partyId, erasedParties }: CustomerState): boolean => erasedParties.includes(partyId);

type EventOf<T extends CustomerEventType> = Extract<RecordedCustomerEvent, { type: T }>;
type Folds = { readonly [T in CustomerEventType]: (state: CustomerState, event: EventOf<T>) => CustomerState };

const unchanged = (state: CustomerState): CustomerState => state;

const FOLDS: Folds = {
  CustomerRegistered: (state, { data, meta }) => ({
    ...state,
    ...data,
    pack: meta.policy.pack,
    enteredBy: meta.actor.id,
    registeredAt: meta.recordedAt,
  }),
  DetailsCorrected: ({ reviewed: _, ...state }, { data, meta }) => ({
    ...state,
    given: data.given,
    enteredBy: meta.actor.id,
  }),
  UnitChanged: (state, { data }) => ({ ...state, unit: data.unit }),
  FileReviewed: (state, { meta }) => ({
    ...state,
    reviewed: { by: meta.actor.id, at: meta.occurredAt },
    everReviewed: true,
  }),
  TierAssigned: (state, { data }) => ({ ...state, tier: data.tier }),
  QualityEstablished: (state, { data: { ground, by } }) => ({
    ...state,
    quality: [...without(state.quality, ground), { ground, by }],
  }),
  QualityWithdrawn: (state, { data }) => ({ ...state, quality: without(state.quality, data.ground) }),
  SpecialOwnerListed: (state) => ({ ...state, special: true }),
  SpecialOwnerUnlisted: (state) => ({ ...state, special: false }),
  MilestoneReached: (state, { data }) => ({
    ...state,
    milestones: [...state.milestones, { ...data, withdrawn: false }],
  }),
  MilestoneCorrected: (state, { data }) => milestone(state, data.milestoneId, { reachedAt: data.reachedAt }),
  MilestoneWithdrawn: (state, { data }) => milestone(state, data.milestoneId, { withdrawn: true }),
  ContactAdded: (state, { data }) => ({ ...state, contacts: [...state.contacts, data.contactId] }),
  ContactCorrected: unchanged,
  ContactRemoved: (state, { data }) => ({ ...state, contacts: state.contacts.filter((it) => it !== data.contactId) }),
  LiaisonAssigned: (state, { data: { person, inPlaceOf } }) => ({
    ...state,
    liaisons: [...state.liaisons.filter((it) => it !== inPlaceOf && it !== person), person],
  }),
  NoteAdded: unchanged,
  VisitScheduled: (state, { data: { source: _, ...visit } }) => ({
    ...state,
    visits: [...state.visits, { ...visit, state: 'scheduled' }],
  }),
  VisitLapsed: unchanged,
  VisitFellDue: (state, { data }) => visit(state, data.visitId, 'open'),
  VisitCancelled: (state, { data }) => visit(state, data.visitId, 'cancelled'),
  VisitEnded: (state, { data }) => visit(state, data.visitId, data.outcome),
  FileDutySet: (state, { data: { dutyId, duty, dueAt } }) => ({
    ...state,
    duties: [...state.duties, { dutyId, duty, dueAt, state: 'open', missed: false }],
  }),
  FileDutyMet: (state, { data }) => duty(state, data.dutyId, { state: 'met' }),
  FileDutyMissed: (state, { data }) => duty(state, data.dutyId, { missed: true }),
  FileDutyCancelled: (state, { data }) => duty(state, data.dutyId, { state: 'cancelled' }),
  SubjectErased: (state, { data }) => ({
    ...state,
    // Nobody owes a file of nobody.
    duties: data.parties.includes(state.partyId)
      ? state.duties.map((it) => (it.state === 'open' ? { ...it, state: 'cancelled' } : it))
      : state.duties,
    contacts: state.contacts.filter((it) => !data.parties.includes(it)),
    special: state.special && !data.parties.includes(state.partyId),
    erasedParties: [...new Set([...state.erasedParties, ...data.parties])],
  }),
};

/** Every type of event of a customer's file, derived from the folds so that none is missing. */
export const CUSTOMER_EVENT_TYPES = Object.keys(FOLDS) as readonly CustomerEventType[];
const BY_TYPE = new Map(Object.entries(FOLDS)) as ReadonlyMap<
  string,
  (state: CustomerState, event: unknown) => CustomerState
>;

/** The file after one more event. Total; what a later engine writes is passed over. Never opens a personal part. */
export const evolve = (state: CustomerState, event: RecordedCustomerEvent): CustomerState =>
  withTexts(BY_TYPE.get(event.type)?.(state, event) ?? state, event);

/** The keys that go when the customer, or a contact, is erased: their own, and those of every text that mentions them. */
export const customerKeysOf = ({ texts }: CustomerState, party: string): readonly string[] => [
  party,
  ...texts.filter(({ mentions }) => mentions.includes(party)).map(({ keyId }) => keyId),
];

function withTexts(state: CustomerState, { personal }: RecordedCustomerEvent): CustomerState {
  const fresh = Object.values(personal).flatMap(({ keyId, mentions }) =>
    mentions === undefined ? [] : [{ keyId, mentions }],
  );
  return fresh.length === 0 ? state : { ...state, texts: [...state.texts, ...fresh] };
}

const without = (quality: CustomerState['quality'], ground: string): CustomerState['quality'] =>
  quality.filter((it) => it.ground !== ground);

const milestone = (state: CustomerState, id: string, change: Partial<MilestoneState>): CustomerState => ({
  ...state,
  milestones: state.milestones.map((it) => (it.milestoneId === id ? { ...it, ...change } : it)),
});

const visit = (state: CustomerState, id: string, to: VisitState['state']): CustomerState => ({
  ...state,
  visits: state.visits.map((it) => (it.visitId === id ? { ...it, state: to } : it)),
});

const duty = (state: CustomerState, id: string, change: Partial<FileDutyState>): CustomerState => ({
  ...state,
  duties: state.duties.map((it) => (it.dutyId === id ? { ...it, ...change } : it)),
});
