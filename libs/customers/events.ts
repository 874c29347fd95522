import type { DomainEvent, Instant, Recorded } from '#kernel';

export const CUSTOMER_KINDS = ['person', 'company'] as const;
export type CustomerKind = (typeof CUSTOMER_KINDS)[number];

/** Why a visit is not made any more. */
export type VisitCancelledBecause = 'milestone_corrected' | 'milestone_withdrawn' | 'customer_erased';

type NoFields = Record<never, never>;
type Milestone = { readonly milestoneId: string };
type Contact = { readonly contactId: string };
type Visit = { readonly visitId: string };
type FileDutyId = { readonly dutyId: string };

/**
 * What becomes of a customer's file, in a stream per customer. Names, numbers and addresses are sealed: the customer's own under
 * `partyId`, a contact's under `contactId`, each free text under a key of its own (EVENTS.md 6, 7).
 */
export type CustomerEvent =
  | DomainEvent<
      'CustomerRegistered',
      {
        readonly partyId: string;
        readonly kind: CustomerKind;
        readonly unit?: string;
        /** C-3: how the customer agreed to the file, in a code of the organisation's own. */
        readonly consent?: string;
        /** The names of what is known, e.g. `name`, `phone`. */
        readonly given: readonly string[];
      },
      'details'
    >
  /** C-3: the details as they are now, all of them; the file is to be reviewed again. */
  | DomainEvent<'DetailsCorrected', { readonly given: readonly string[] }, 'details' | 'reason'>
  | DomainEvent<'UnitChanged', { readonly unit: string }>
  /** C-2: by a superior, not by who answers for the data. */
  | DomainEvent<'FileReviewed', NoFields, 'remarks'>
  | DomainEvent<'TierAssigned', { readonly tier: string; readonly source: string }, 'reason'>
  /** C-1: the ground is kept. `milestones`: found by counting them, else a person says so. */
  | DomainEvent<
      'QualityEstablished',
      { readonly ground: string; readonly by: 'person' | 'milestones'; readonly source: string },
      'remarks'
    >
  | DomainEvent<'QualityWithdrawn', { readonly ground: string; readonly by: 'person' | 'milestones' }, 'reason'>
  /** C-1: listed apart. Which group it is says how somebody lives, so it is sealed. */
  | DomainEvent<'SpecialOwnerListed', NoFields, 'groups'>
  | DomainEvent<'SpecialOwnerUnlisted', NoFields, 'reason'>
  | DomainEvent<'MilestoneReached', Milestone & { readonly milestone: string; readonly reachedAt: Instant }, 'remarks'>
  | DomainEvent<'MilestoneCorrected', Milestone & { readonly reachedAt: Instant }, 'reason'>
  | DomainEvent<'MilestoneWithdrawn', Milestone & { readonly reasonCode: string }, 'reason'>
  | DomainEvent<'ContactAdded', Contact & { readonly given: readonly string[] }, 'details'>
  | DomainEvent<'ContactCorrected', Contact & { readonly given: readonly string[] }, 'details'>
  | DomainEvent<'ContactRemoved', Contact>
  /** C-2: who of ours keeps the contact; who leaves is replaced, and the customer told. */
  | DomainEvent<
      'LiaisonAssigned',
      { readonly person: string; readonly inPlaceOf?: string; readonly customerTold?: boolean }
    >
  | DomainEvent<'NoteAdded', { readonly noteId: string }, 'text'>
  /** V-2: a visit that falls due by a milestone. `visitId` is the id of the case that it will be. */
  | DomainEvent<
      'VisitScheduled',
      Visit &
        Milestone & {
          readonly visit: string;
          /** From 0 on, of a visit that is repeated. */
          readonly occurrence: number;
          readonly opensAt: Instant;
          readonly source: string;
        }
    >
  /** It was known too late: the occasion was long past (the pack's `lapsesAfter`). */
  | DomainEvent<
      'VisitLapsed',
      Milestone & { readonly visit: string; readonly opensAt: Instant; readonly source: string }
    >
  /** The intention comes first, the case follows. */
  | DomainEvent<'VisitFellDue', Visit>
  | DomainEvent<'VisitCancelled', Visit & { readonly reasonCode: VisitCancelledBecause }>
  | DomainEvent<'VisitEnded', Visit & { readonly outcome: 'made' | 'declined' | 'withdrawn' }>
  /** C-2: the file is to be reviewed until then. `duty` is the pack's id of it. */
  | DomainEvent<
      'FileDutySet',
      FileDutyId & { readonly duty: string; readonly dueAt: Instant; readonly budget: string; readonly source: string }
    >
  | DomainEvent<'FileDutyMet', FileDutyId>
  /** It stays owed: what comes late is still to come. */
  | DomainEvent<'FileDutyMissed', FileDutyId>
  /** The customer is not one of whom the pack asks it any more. */
  | DomainEvent<'FileDutyCancelled', FileDutyId>
  | DomainEvent<'SubjectErased', { readonly parties: readonly string[]; readonly keyIds: readonly string[] }>;

export type CustomerEventType = CustomerEvent['type'];
export type RecordedCustomerEvent = Recorded<CustomerEvent>;
