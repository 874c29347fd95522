import type { DomainEvent, Instant, Recorded } from '#kernel';
import type { ClockEvent } from './clock-events.js';
import type { FieldValues, OpenedFrom, PackEvent } from './pack-events.js';

export * from './clock-events.js';
export * from './pack-events.js';

/** I-1, in the order of the requirement; `web_form` is ours. */
export const CHANNELS = [
  'phone',
  'email',
  'chat',
  'letter',
  'walk_in',
  'social_media',
  'return_visit',
  'survey',
  'group_call_centre',
  'authority',
  'web_form',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** Complaints, service requests and feedback come from outside; the others are opened from a case or by a milestone (H-7, V-2). */
export const CASE_KINDS = ['complaint', 'request', 'feedback', 'work_sheet', 'nonconformity', 'visit'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** S-1, least first. */
export const SEVERITIES = ['general', 'important', 'major'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Facts of a case that a pack's severity rules ask about (S-1, S-2). */
export const CIRCUMSTANCES = [
  'litigation',
  'media',
  'manufacturer_complaint',
  'door_blocked',
  'disturbance',
  'return_or_exchange',
  'wide_influence',
  'vile_nature',
] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

export const PARTY_ROLES = ['complainant', 'representative', 'group_member', 'subject'] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];

export const JUSTIFICATIONS = ['justified', 'partly_justified', 'not_justified', 'undetermined'] as const;
export type Justification = (typeof JUSTIFICATIONS)[number];

export const OUTCOMES = ['remedied', 'compensated', 'explained', 'settled', 'not_justified', 'no_solution'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const LINK_RELATIONS = ['repeat', 'duplicate', 'related', 'head_case', 'part_of'] as const;
export type LinkRelation = (typeof LINK_RELATIONS)[number];

/** E-2: what a link says of this case, and what it then says of the other one. Other relations are known on one side only. */
export const MIRRORED: { readonly [R in LinkRelation]?: LinkRelation } = { part_of: 'head_case', head_case: 'part_of' };

/** A person who stands in the case; `partyId` is also the id of the key of all that is personal of theirs (EVENTS.md 7). */
export type Party = {
  readonly partyId: string;
  readonly role: PartyRole;
};

/** What a severity rests on (S-3). Evidence points to event ids only (EVENTS.md 7). */
export type Ground = {
  readonly groundId: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly evidence: readonly string[];
  /** The document that states the rule; `·` where it is ours. */
  readonly source: string;
};

/** H-5: what the authority matrix said when it was asked, kept with the proposal. */
export type Ruling = {
  readonly rule: string;
  readonly approverRole: string;
  /** The post that who approves must hold besides (O-1). */
  readonly approverPost?: string;
  readonly source: string;
};

/**
 * Every event of a case and what it says. Personal parts are named in the third argument; whatever is not named there is
 * readable to all who read the log (EVENTS.md 6). An optional field is left out, never null.
 */
export type CaseEvent =
  // Intake
  | DomainEvent<
      'CaseReceived',
      {
        readonly kind: CaseKind;
        readonly channel: Channel;
        readonly parties: readonly Party[];
        /** I-7: how many complain together, at least 1. */
        readonly persons: number;
        readonly category?: string;
        readonly unit?: string;
        readonly circumstances: readonly Circumstance[];
        /** I-6, I-12: who or what took it in, where that was not the recording unit. */
        readonly receivedByUnit?: string;
        /** I-11: small matters are answered at once. */
        readonly answeredAtOnce?: true;
        readonly externalReferenceGiven?: true;
        /** I-12: who first received the customer, where that was not who records it. */
        readonly firstReceiver?: string;
        /** H-2: who is complained about personally. */
        readonly against?: readonly string[];
        /** The pack's own fields that are not personal. */
        readonly fields?: FieldValues;
        /** What is known, by name (I-2); never what it is. */
        readonly given?: readonly string[];
        /** H-7, V-2: the case or customer from which it was opened. */
        readonly openedFrom?: OpenedFrom;
      },
      'subject' | 'content' | 'complainant' | 'externalReference' | 'representative' | 'fields'
    >
  | DomainEvent<
      'IdentityVerified',
      { readonly partyId: string; readonly result: 'verified' | 'not_found' | 'mismatch'; readonly customerId?: string }
    >
  | DomainEvent<'ProfileAssessed', { readonly partyId: string }, 'profile' | 'motive'>
  | DomainEvent<
      'CaseDeclined',
      { readonly reasonCode: string; readonly rule?: string; readonly source?: string },
      'reason'
    >
  | DomainEvent<'CaseAccepted'>
  | DomainEvent<'CaseAcknowledged', { readonly channel: Channel; readonly apologised?: true }>
  | DomainEvent<'ReplyGiven', { readonly channel: Channel }, 'text'>
  | DomainEvent<
      'CaseClassified',
      {
        readonly category?: string;
        readonly kind?: CaseKind;
        readonly circumstances?: readonly Circumstance[];
        readonly against?: readonly string[];
        readonly fields?: FieldValues;
      }
    >
  | DomainEvent<'GroupGrown', { readonly persons: number; readonly parties: readonly Party[] }, string>
  // Severity
  | DomainEvent<'SeverityRaised', { readonly from: Severity; readonly to: Severity; readonly ground: Ground }>
  | DomainEvent<
      'SeverityLowered',
      {
        readonly from: Severity;
        readonly to: Severity;
        readonly fallen: readonly string[];
        readonly reasonCode: string;
      }
    >
  /** A further ground at or below the severity that already holds: it counts when a higher one falls (S-3). */
  | DomainEvent<'GroundEstablished', { readonly ground: Ground }>
  // Handling
  | DomainEvent<'CaseAssigned', { readonly unit: string; readonly owner?: string }>
  | DomainEvent<
      'CaseTransferred',
      { readonly fromUnit: string; readonly unit: string; readonly owner?: string },
      'reason'
    >
  | DomainEvent<
      'CasePassedOn',
      {
        readonly to: 'service_centre' | 'authority' | 'group_call_centre' | 'contact_given';
        readonly complainantAgreed?: boolean;
      },
      'reason'
    >
  | DomainEvent<
      'HandlerRecused',
      { readonly person: string; readonly reasonCode: string; readonly source?: string },
      'reason'
    >
  | DomainEvent<'InvestigationRecorded', { readonly justification: Justification }, 'cause' | 'impact' | 'findings'>
  | DomainEvent<
      'PlanProposed',
      { readonly planId: string; readonly owner?: string; readonly dueAt?: Instant },
      'measures'
    >
  | DomainEvent<'PlanAccepted', { readonly planId: string; readonly by: 'customer' | 'supervisor' }>
  | DomainEvent<'PlanRejected', { readonly planId: string; readonly by: 'customer' | 'supervisor' }, 'objection'>
  | DomainEvent<'ProgressReported', { readonly toCustomer: boolean }, 'text'>
  | DomainEvent<'PromiseMade', { readonly promiseId: string; readonly dueAt: Instant }, 'text'>
  | DomainEvent<'PromiseKept', { readonly promiseId: string }, 'text'>
  | DomainEvent<'PromiseBroken', { readonly promiseId: string; readonly dueAt: Instant }>
  | DomainEvent<'WaitingStarted', { readonly waitingFor: 'customer' | 'third_party' }, 'reason'>
  | DomainEvent<'WaitingEnded', { readonly waitedFor: 'customer' | 'third_party' }>
  | DomainEvent<
      'CompensationProposed',
      {
        readonly compensationId: string;
        readonly amountCents: number;
        readonly currency: string;
        readonly proposedBy: string;
        readonly ruling: Ruling;
      },
      'reason'
    >
  | DomainEvent<'CompensationApproved', { readonly compensationId: string; readonly approvedBy: string }>
  | DomainEvent<'CompensationDeclined', { readonly compensationId: string; readonly declinedBy: string }, 'reason'>
  | DomainEvent<
      'RequiredStepDone',
      { readonly step: string; readonly secondPerson?: string; readonly values?: FieldValues },
      'text' | 'values'
    >
  | DomainEvent<
      'CaseEscalated',
      {
        readonly escalationId: string;
        readonly level: number;
        readonly reasonCode: string;
        readonly recipients: readonly string[];
        /** The chain of the pack it belongs to; its levels say who is next. */
        readonly chain?: string;
        /** The escalation that nobody acknowledged in time. */
        readonly above?: string;
        /** The event that called it in, and the ground or the clock that event is about. */
        readonly cause?: string;
        readonly ground?: string;
        readonly clock?: string;
        readonly source?: string;
      },
      'reason'
    >
  | DomainEvent<'EscalationAcknowledged', { readonly escalationId: string; readonly by: string }>
  /** What it was called in for turned out not to be so (EVENTS.md 16, S-3). */
  | DomainEvent<
      'EscalationWithdrawn',
      { readonly escalationId: string; readonly reasonCode: string; readonly cause: string }
    >
  | DomainEvent<'CaseReportedUp', { readonly to: string; readonly duty?: string }, 'text'>
  // Result
  | DomainEvent<'CaseResolved', { readonly outcome: Outcome }, 'resolution'>
  | DomainEvent<'CustomerNotified', { readonly channel: Channel; readonly inWriting: boolean }, 'text'>
  | DomainEvent<'OpinionRecorded', { readonly satisfied: boolean; readonly score?: number }, 'opinion'>
  | DomainEvent<
      'ReturnVisitMade',
      { readonly channel: Channel; readonly reached: boolean; readonly satisfied?: boolean; readonly score?: number },
      'notes'
    >
  | DomainEvent<
      'CaseReopened',
      { readonly from: ClosedPhase; readonly to: 'handling' | 'resolved'; readonly reasonCode: string },
      'reason'
    >
  | DomainEvent<'PapersFiled', { readonly with: string }>
  | DomainEvent<'CaseClosed', { readonly automatic?: true }>
  | DomainEvent<'CaseArchived', { readonly year: number }>
  | DomainEvent<'CaseWithdrawn', { readonly reasonCode: string }, 'reason'>
  // Papers and links
  | DomainEvent<'NoteAdded', { readonly noteId: string }, 'text'>
  | DomainEvent<
      'AttachmentAdded',
      {
        readonly attachmentId: string;
        readonly ciphertextSha256: string;
        readonly sizeBytes: number;
        readonly keyId: string;
        readonly mediaType: string;
      },
      'fileName' | 'plaintextSha256'
    >
  | DomainEvent<
      'CaseLinked',
      { readonly linkId: string; readonly otherCaseId: string; readonly relation: LinkRelation; readonly rule: string }
    >
  | DomainEvent<'CaseUnlinked', { readonly linkId: string; readonly otherCaseId: string; readonly reasonCode: string }>
  // What a pack asks for besides, and what becomes of other cases
  | PackEvent
  // Clocks (K-7…K-10)
  | ClockEvent
  // Imported history, cut-over, erasure
  | DomainEvent<
      'HistoryImported',
      { readonly source: string; readonly mapping: string; readonly rows: number },
      'sourceKey'
    >
  /** One row or entry of the source: its states as written, and what the strict life would have refused. */
  | DomainEvent<
      'SourceEntryRecorded',
      {
        readonly state?: string;
        readonly subState?: string;
        readonly line?: number;
        /** A verdict the source states, e.g. ONTIME, kept beside the engine's own. */
        readonly statedVerdict?: string;
        /** Codes of the refusals that the strict life would have given. */
        readonly irregular?: readonly string[];
      },
      'entry'
    >
  | DomainEvent<'TakenOver', { readonly at: Instant }>
  | DomainEvent<'SubjectErased', { readonly parties: readonly string[]; readonly keyIds: readonly string[] }>;

/** DESIGN: state is a union, not flags. */
export const PHASES = [
  'received',
  'handling',
  'waiting',
  'resolved',
  'closed',
  'archived',
  'declined',
  'withdrawn',
] as const;
export type Phase = (typeof PHASES)[number];
export type ClosedPhase = Extract<Phase, 'resolved' | 'closed' | 'declined' | 'withdrawn'>;

export type CaseEventType = CaseEvent['type'];
export type RecordedCaseEvent = Recorded<CaseEvent>;

export const caseStream = (caseId: string): string => `case-${caseId}`;
export const CASE_STREAM_PREFIX = 'case-';
