import type { Circumstance, Party } from '../events.js';
import type { CaseState } from '../state.js';
import { enter, unchanged, without, withNew, type EventOf, type Folds } from './fold.js';

/** From the call to the decision whether it is taken on, and what the case is about. */
export const INTAKE: Folds<
  | 'CaseReceived'
  | 'IdentityVerified'
  | 'ProfileAssessed'
  | 'CaseDeclined'
  | 'CaseAccepted'
  | 'CaseAcknowledged'
  | 'ReplyGiven'
  | 'CaseClassified'
  | 'GroupGrown'
> = {
  CaseReceived: (state, { id, data, meta }) => ({
    ...enter(state, { phase: 'received' }),
    kind: data.kind,
    channel: data.channel,
    receivedAt: meta.occurredAt,
    recordedAt: meta.recordedAt,
    receivedBy: meta.actor.id,
    parties: joined(state.parties, data.parties),
    persons: Math.max(state.persons, data.persons),
    ...(data.category === undefined ? {} : { category: data.category }),
    ...(data.unit === undefined ? {} : { unit: data.unit }),
    circumstances: data.circumstances,
    evidence: { ...evidenceOf(state, data.circumstances, id), persons: id },
    fields: { ...state.fields, ...data.fields },
    given: withNew(state.given, data.given ?? []),
    against: withNew(state.against, data.against ?? []),
    ...(data.firstReceiver === undefined ? {} : { firstReceiver: data.firstReceiver }),
    ...(data.openedFrom === undefined ? {} : { openedFrom: data.openedFrom }),
    answeredAtOnce: data.answeredAtOnce === true,
    replied: state.replied || data.answeredAtOnce === true,
    historical: state.historical || meta.historical === true,
  }),
  IdentityVerified: (state, { data }) => ({
    ...state,
    verified: { ...state.verified, [data.partyId]: data.result },
    files: fileOf(state, data),
  }),
  ProfileAssessed: unchanged,
  CaseDeclined: (state, { data }) => lapsed(enter(state, { phase: 'declined', reasonCode: data.reasonCode })),
  CaseAccepted: (state, { meta }) => ({ ...enter(state, { phase: 'handling' }), acceptedAt: meta.occurredAt }),
  CaseAcknowledged: (state) => ({ ...state, acknowledged: true }),
  ReplyGiven: (state) => ({ ...state, replied: true }),
  CaseClassified: (state, { id, data }) => ({
    ...state,
    ...(data.category === undefined ? {} : { category: data.category }),
    ...(data.kind === undefined ? {} : { kind: data.kind }),
    fields: { ...state.fields, ...data.fields },
    against: withNew(state.against, data.against ?? []),
    ...(data.circumstances === undefined
      ? {}
      : { circumstances: data.circumstances, evidence: evidenceOf(state, data.circumstances, id) }),
  }),
  GroupGrown: (state, { id, data }) => ({
    ...state,
    persons: Math.max(state.persons, data.persons),
    parties: joined(state.parties, data.parties),
    evidence: { ...state.evidence, persons: id },
  }),
};

/** What was promised to somebody whose case ended before it was handled is owed no more. */
export const lapsed = (state: CaseState): CaseState =>
  state.promises.some((promise) => promise.state === 'open' || promise.state === 'broken')
    ? {
        ...state,
        promises: state.promises.map((it) => (it.state === 'kept' ? it : { ...it, state: 'lapsed' as const })),
      }
    : state;

function fileOf(
  { files }: CaseState,
  { partyId, result, customerId }: EventOf<'IdentityVerified'>['data'],
): CaseState['files'] {
  if (result === 'verified' && customerId !== undefined) return { ...files, [partyId]: customerId };
  return without(files, [partyId]);
}

function joined(known: readonly Party[], coming: readonly Party[]): readonly Party[] {
  const fresh = coming.filter(({ partyId }) => !known.some((party) => party.partyId === partyId));
  return fresh.length === 0 ? known : [...known, ...fresh];
}

/** A circumstance rests on the event that first stated it while it stood. */
function evidenceOf(state: CaseState, now: readonly Circumstance[], id: string): CaseState['evidence'] {
  const fresh = now.filter((it) => !state.circumstances.includes(it) || state.evidence[it] === undefined);
  return fresh.length === 0
    ? state.evidence
    : { ...state.evidence, ...Object.fromEntries(fresh.map((it) => [it, id])) };
}
