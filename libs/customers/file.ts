import { accept, refuse, type Facts, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { decider, detailsSecret, freeText, givenIn, unknownWord, type Details } from './command.js';
import { isReviewOwed, liaisonRefusal } from './duties.js';
import type { CustomerEvent, CustomerKind } from './events.js';
import { milestoneEvent, type RecordMilestone } from './milestones.js';

export interface RegisterCustomer {
  readonly kind?: CustomerKind;
  readonly details: Details;
  readonly unit?: string;
  /** The policy pack that speaks of the customer; the one of the desk where left out. */
  readonly pack?: string;
  readonly consent?: string;
  readonly tier?: string;
  readonly qualityGrounds?: readonly string[];
  readonly specialOwner?: readonly string[];
  readonly milestones?: readonly RecordMilestone[];
  readonly contacts?: readonly Details[];
}

/**
 * C-1: opens a customer's file, with all that is known of them at once.
 * Result: `partyId`. Refusals: NAME_MISSING, UNKNOWN_UNIT, UNKNOWN_TIER, UNKNOWN_QUALITY_GROUND, UNKNOWN_SPECIAL_OWNER, and those of
 * RecordMilestone.
 */
export const registerCustomer = decider<RegisterCustomer>('RegisterCustomer', (command, _state, facts) => {
  const { kind = 'person', details, unit, consent } = command;
  if (details.name === undefined) return refuse('NAME_MISSING');
  const refusal = unitRefusal(unit, facts) ?? strangeWords(command, facts);
  if (refusal !== undefined) return refusal;
  const partyId = facts.newKey();
  const milestones: CustomerEvent[] = [];
  for (const it of command.milestones ?? []) {
    const event = milestoneEvent(it, { partyId }, facts);
    if ('refused' in event) return event;
    milestones.push(event);
  }
  const registered: CustomerEvent = {
    type: 'CustomerRegistered',
    data: {
      partyId,
      kind,
      ...(unit === undefined ? {} : { unit }),
      ...(consent === undefined ? {} : { consent }),
      given: givenIn(details),
    },
    personal: { details: detailsSecret(partyId, details) },
  };
  return accept(
    [
      registered,
      ...standingEvents(command, partyId, facts),
      ...(command.contacts ?? []).map((it) => contactEvent(facts.newKey(), it)),
      ...milestones,
    ],
    { partyId },
  );
});

function strangeWords(command: RegisterCustomer, { policy }: Facts<Policy>): Refusal | undefined {
  const { tier, qualityGrounds = [], specialOwner = [] } = command;
  const known = policy.customers;
  const refusals = [
    tier === undefined ? undefined : unknownWord('UNKNOWN_TIER', tier, known.tiers),
    ...qualityGrounds.map((it) => unknownWord('UNKNOWN_QUALITY_GROUND', it, known.qualityGrounds)),
    ...specialOwner.map((it) => unknownWord('UNKNOWN_SPECIAL_OWNER', it, known.specialOwners)),
  ];
  return refusals.find((it) => it !== undefined);
}

function standingEvents(
  { tier, qualityGrounds = [], specialOwner = [] }: RegisterCustomer,
  partyId: string,
  { policy }: Facts<Policy>,
): readonly CustomerEvent[] {
  const known = policy.customers;
  const sourceOf = (words: readonly { readonly id: string; readonly source: string }[], word: string): string =>
    words.find(({ id }) => id === word)!.source;
  const groups = [...new Set(specialOwner)];
  return [
    ...(tier === undefined
      ? []
      : [{ type: 'TierAssigned' as const, data: { tier, source: sourceOf(known.tiers, tier) } }]),
    ...[...new Set(qualityGrounds)].map((ground) => ({
      type: 'QualityEstablished' as const,
      data: { ground, by: 'person' as const, source: sourceOf(known.qualityGrounds, ground) },
    })),
    ...(groups.length === 0
      ? []
      : [
          {
            type: 'SpecialOwnerListed' as const,
            data: {},
            personal: { groups: { keyId: partyId, value: groups } },
          },
        ]),
  ];
}

function unitRefusal(unit: string | undefined, { policy, at }: Facts<Policy>): Refusal | undefined {
  if (unit === undefined || policy.posts.knowsUnit(unit, at)) return undefined;
  return refuse('UNKNOWN_UNIT', { unit, allowed: [...policy.posts.units(at)] });
}

export interface CorrectDetails {
  readonly details: Details;
  readonly reason?: string;
}

/** C-3: the details as they are now, all of them. Refusals: NAME_MISSING. */
export const correctDetails = decider<CorrectDetails>('CorrectDetails', ({ details, reason }, state, facts) => {
  if (details.name === undefined) return refuse('NAME_MISSING');
  const text = freeText(reason, state, facts);
  const personal = {
    details: detailsSecret(state.partyId, details),
    ...(text === undefined ? {} : { reason: text }),
  };
  return accept([{ type: 'DetailsCorrected', data: { given: givenIn(details) }, personal }]);
});

export interface ChangeUnit {
  readonly unit: string;
}

/** Refusals: UNKNOWN_UNIT. */
export const changeUnit = decider<ChangeUnit>('ChangeUnit', ({ unit }, state, facts) => {
  const refusal = unitRefusal(unit, facts);
  if (refusal !== undefined) return refusal;
  return accept(state.unit === unit ? [] : [{ type: 'UnitChanged', data: { unit } }]);
});

export interface ReviewFile {
  readonly remarks?: string;
}

/**
 * C-2: a superior reviews the file; nobody reviews what they entered. One that was reviewed is reviewed again while a duty to do so
 * is open. Refusals: OWN_ENTRY, FILE_REVIEWED, TOO_FEW_LIAISONS.
 */
export const reviewFile = decider<ReviewFile>('ReviewFile', ({ remarks }, state, facts) => {
  if (state.enteredBy === facts.actor.id) return refuse('OWN_ENTRY');
  if (state.reviewed !== undefined && !isReviewOwed(state)) return refuse('FILE_REVIEWED', { ...state.reviewed });
  const tooFew = liaisonRefusal(state, facts);
  if (tooFew !== undefined) return tooFew;
  const text = freeText(remarks, state, facts);
  return accept([{ type: 'FileReviewed', data: {}, ...(text === undefined ? {} : { personal: { remarks: text } }) }]);
});

export interface AddContact {
  readonly details: Details;
}

/** C-1: whom to speak to. Result: `contactId`. Refusals: NAME_MISSING. */
export const addContact = decider<AddContact>('AddContact', ({ details }, _state, facts) => {
  if (details.name === undefined) return refuse('NAME_MISSING');
  const contactId = facts.newKey();
  return accept([contactEvent(contactId, details)], { contactId });
});

const contactEvent = (contactId: string, details: Details): CustomerEvent => ({
  type: 'ContactAdded',
  data: { contactId, given: givenIn(details) },
  personal: { details: detailsSecret(contactId, details) },
});

export interface CorrectContact extends AddContact {
  readonly contactId: string;
}

/** Refusals: UNKNOWN_CONTACT, NAME_MISSING. */
export const correctContact = decider<CorrectContact>('CorrectContact', ({ contactId, details }, { contacts }) => {
  if (!contacts.includes(contactId)) return refuse('UNKNOWN_CONTACT', { contactId, contacts });
  if (details.name === undefined) return refuse('NAME_MISSING');
  const personal = { details: detailsSecret(contactId, details) };
  return accept([{ type: 'ContactCorrected', data: { contactId, given: givenIn(details) }, personal }]);
});

export interface RemoveContact {
  readonly contactId: string;
}

/** Refusals: UNKNOWN_CONTACT. */
export const removeContact = decider<RemoveContact>('RemoveContact', ({ contactId }, { contacts }) =>
  contacts.includes(contactId)
    ? accept([{ type: 'ContactRemoved', data: { contactId } }])
    : refuse('UNKNOWN_CONTACT', { contactId, contacts }),
);

export interface AssignLiaison {
  readonly person: string;
  readonly inPlaceOf?: string;
  readonly customerTold?: boolean;
}

/** C-2: who of ours keeps the contact; who leaves is replaced, and the customer told. Refusals: UNKNOWN_LIAISON. */
export const assignLiaison = decider<AssignLiaison>('AssignLiaison', (command, { liaisons }) => {
  const { person, inPlaceOf, customerTold } = command;
  if (inPlaceOf !== undefined && !liaisons.includes(inPlaceOf)) {
    return refuse('UNKNOWN_LIAISON', { inPlaceOf, liaisons });
  }
  if (inPlaceOf === undefined && liaisons.includes(person)) return accept([]);
  const data = {
    person,
    ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
    ...(customerTold === undefined ? {} : { customerTold }),
  };
  return accept([{ type: 'LiaisonAssigned', data }]);
});

export interface AddNote {
  readonly text: string;
}

/** C-2: major changes and correspondence go into the file. Result: `noteId`. */
export const addCustomerNote = decider<AddNote>('AddNote', ({ text }, state, facts) => {
  const noteId = facts.newId();
  return accept([{ type: 'NoteAdded', data: { noteId }, personal: { text: freeText(text, state, facts)! } }], {
    noteId,
  });
});
