/**
 * The words that packs are written in. The domain of cases has the same lists; `libs/cases/domain/vocabulary.ts` lets the
 * compiler hold them together, because policy stands below cases and cannot import them.
 */
export const PACK_KINDS = ['complaint', 'request', 'feedback', 'work_sheet', 'nonconformity', 'visit'] as const;
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
  'vile_nature',
] as const;
export type PackCircumstance = (typeof PACK_CIRCUMSTANCES)[number];

/** The events that may start, meet, pause or cancel a clock, or call somebody in. */
export const TRIGGER_EVENTS = [
  'CaseReceived',
  'IdentityVerified',
  'CaseAccepted',
  'CaseAcknowledged',
  'CaseDeclined',
  'ReplyGiven',
  'CaseClassified',
  'GroupGrown',
  'SeverityRaised',
  'SeverityLowered',
  'CaseAssigned',
  'CaseTransferred',
  'CasePassedOn',
  'InvestigationRecorded',
  'PlanProposed',
  'PlanAccepted',
  'PlanRejected',
  'ProgressReported',
  'PromiseMade',
  'PromiseKept',
  'PromiseBroken',
  'WaitingStarted',
  'WaitingEnded',
  'CompensationProposed',
  'CompensationApproved',
  'CompensationDeclined',
  'RequiredStepDone',
  'CaseReportedUp',
  'FormFilled',
  'CausesAnalysed',
  'RepeatFound',
  'RepeatWithdrawn',
  'PriorityAssigned',
  'IntakeAmended',
  'CaseResolved',
  'CustomerNotified',
  'OpinionRecorded',
  'ReturnVisitMade',
  'CaseReopened',
  'PapersFiled',
  'CaseClosed',
  'CaseWithdrawn',
  'TakenOver',
  'DeadlineWarned',
  'DeadlineMet',
  'DeadlineMissed',
  'DeadlineCancelled',
] as const;
export type TriggerEvent = (typeof TRIGGER_EVENTS)[number];

/** The events that somebody may be told of: those, and that somebody was called in, which starts nothing by itself. */
export const NOTIFIED_EVENTS = [...TRIGGER_EVENTS, 'CaseEscalated', 'EscalationAcknowledged'] as const;
export type NotifiedEvent = (typeof NOTIFIED_EVENTS)[number];

/** The clocks that every case can have besides those of its pack. */
export const CLOCKS_OF_EVERY_CASE = ['promise', 'source-target', 'escalation'] as const;
export type ClockOfEveryCase = (typeof CLOCKS_OF_EVERY_CASE)[number];

/**
 * What a clock of a pack counts from (K-7): when that which starts it occurred, when it was recorded, when the case was
 * accepted; `event` says in so many words that another event than the receipt starts it, and counts from when that happened.
 */
export const CLOCK_ORIGINS = ['occurred', 'recorded', 'accepted', 'event'] as const;
export type ClockOrigin = (typeof CLOCK_ORIGINS)[number];

/** Who may approve, least first (H-5). */
export const APPROVER_ROLES = ['agent', 'supervisor', 'administrator'] as const;
export type ApproverRole = (typeof APPROVER_ROLES)[number];

/** The commands before which a pack may ask for something. */
export const GATED_COMMANDS = [
  'AcceptCase',
  'DeclineCase',
  'AssignCase',
  'GiveReply',
  'ProposePlan',
  'AcceptPlan',
  'ProposeCompensation',
  'ResolveCase',
  'NotifyCustomer',
  'CloseCase',
  'ArchiveCase',
] as const;
export type GatedCommand = (typeof GATED_COMMANDS)[number];
