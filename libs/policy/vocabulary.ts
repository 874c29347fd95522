/**
 * The words that packs are written in. The domain of cases has the same lists; `libs/cases/domain/vocabulary.ts` lets the
 * compiler hold them together, because policy stands below cases and cannot import them.
 */
export const PACK_KINDS = ['complaint', 'request', 'feedback'] as const;
export type PackKind = (typeof PACK_KINDS)[number];

/** Least first. */
export const PACK_SEVERITIES = ['general', 'important', 'major'] as const;
export type PackSeverity = (typeof PACK_SEVERITIES)[number];

export const PACK_CIRCUMSTANCES = [
  'litigation',
  'media',
  'manufacturer_complaint',
  'door_blocked',
  'disturbance',
  'return_or_exchange',
  'wide_influence',
] as const;
export type PackCircumstance = (typeof PACK_CIRCUMSTANCES)[number];

/** The events that may start, meet or cancel a clock. */
export const CLOCK_EVENTS = [
  'CaseReceived',
  'CaseAccepted',
  'CaseAcknowledged',
  'CaseDeclined',
  'ReplyGiven',
  'CaseClassified',
  'GroupGrown',
  'CaseAssigned',
  'CaseTransferred',
  'CasePassedOn',
  'InvestigationRecorded',
  'PlanProposed',
  'PlanAccepted',
  'PlanRejected',
  'ProgressReported',
  'CaseReportedUp',
  'CaseResolved',
  'CustomerNotified',
  'ReturnVisitMade',
  'CaseReopened',
  'PapersFiled',
  'CaseClosed',
  'CaseWithdrawn',
] as const;
export type ClockEventType = (typeof CLOCK_EVENTS)[number];

/** What a clock of a pack may count from (K-7). */
export const CLOCK_ORIGINS = ['occurred', 'recorded', 'accepted', 'event'] as const;
export type ClockOrigin = (typeof CLOCK_ORIGINS)[number];

/** Who may approve, least first (H-5). */
export const APPROVER_ROLES = ['agent', 'supervisor', 'administrator'] as const;
export type ApproverRole = (typeof APPROVER_ROLES)[number];
