import type { Actor, Role } from '#kernel';
import type { CasePhase, CaseState } from './state.js';

/** Something a command needs besides the right phase, and the code of the refusal where it is not there. */
interface Need {
  readonly code: string;
  met(state: CaseState): boolean;
}

interface Rule {
  readonly in: readonly CasePhase[];
  readonly roles: readonly Role[];
  readonly needs?: Need;
  /** Sent by a part of the engine only, never from outside. Attaching is still a move that people can make, another way. */
  readonly sentBy?: 'engine' | 'attachments';
}

const HANDLERS = ['agent', 'supervisor', 'administrator'] as const;
const LEADERS = ['supervisor', 'administrator'] as const;
/** Other systems may hand a case in and add what they know; they do not handle it. */
const ALL_HANDS = ['agent', 'supervisor', 'administrator', 'service'] as const;
const SYSTEMS = ['administrator', 'service'] as const;

const OPEN = ['received', 'handling', 'waiting'] as const;
const WORK = ['handling', 'waiting'] as const;
const ACTIVE = ['received', 'handling', 'waiting', 'resolved'] as const;
const UNARCHIVED = [...ACTIVE, 'closed', 'declined', 'withdrawn'] as const;
const EXISTING = [...UNARCHIVED, 'archived'] as const;

const openPlan: Need = { code: 'NO_PLAN_PROPOSED', met: (s) => s.plans.some((it) => it.state === 'proposed') };
const owedPromise: Need = {
  code: 'NO_OPEN_PROMISE',
  met: (s) => s.promises.some((it) => it.state === 'open' || it.state === 'broken'),
};
const pending: Need = {
  code: 'NO_APPROVAL_PENDING',
  met: (s) => s.compensations.some((it) => it.state === 'proposed'),
};
const escalated: Need = { code: 'NO_OPEN_ESCALATION', met: (s) => s.escalations.some((it) => it.state === 'open') };
const assigned: Need = { code: 'NOT_ASSIGNED', met: (s) => s.unit !== undefined };
const sheetOpen: Need = { code: 'NO_OPEN_SHEET', met: (s) => s.sheets.some((it) => it.state === 'open') };
const repeated: Need = { code: 'NOT_A_REPEAT', met: (s) => s.repeats.length > 0 };
const linked: Need = { code: 'NOT_LINKED', met: (s) => s.links.length > 0 };

const rule = <R extends Rule>(it: R): Rule => it;

/** Who may do what, and when in the life of a case. Everything about legality is read from this table. */
const LIFE = {
  ReceiveCase: rule({ in: ['none'], roles: ALL_HANDS }),
  ImportHistory: rule({ in: ['none'], roles: SYSTEMS, sentBy: 'engine' }),
  VerifyIdentity: rule({ in: ACTIVE, roles: HANDLERS }),
  AssessProfile: rule({ in: ACTIVE, roles: HANDLERS }),
  AcceptCase: rule({ in: ['received'], roles: HANDLERS }),
  DeclineCase: rule({ in: ['received'], roles: HANDLERS }),
  AcknowledgeCase: rule({ in: OPEN, roles: HANDLERS }),
  GiveReply: rule({ in: ACTIVE, roles: HANDLERS }),
  ClassifyCase: rule({ in: [...ACTIVE, 'closed'], roles: HANDLERS }),
  AmendIntake: rule({ in: ACTIVE, roles: ALL_HANDS }),
  FillForm: rule({ in: UNARCHIVED, roles: HANDLERS }),
  AnalyseCauses: rule({ in: [...ACTIVE, 'closed'], roles: HANDLERS }),
  RequestSheet: rule({ in: [...WORK, 'resolved', 'closed'], roles: HANDLERS }),
  FinishSheet: rule({ in: EXISTING, roles: SYSTEMS, needs: sheetOpen, sentBy: 'engine' }),
  MatchRepeats: rule({ in: EXISTING, roles: SYSTEMS, sentBy: 'engine' }),
  RecordCustomerStanding: rule({ in: EXISTING, roles: SYSTEMS, sentBy: 'engine' }),
  DismissRepeat: rule({ in: EXISTING, roles: HANDLERS, needs: repeated }),
  GrowGroup: rule({ in: ACTIVE, roles: HANDLERS }),
  AssignCase: rule({ in: OPEN, roles: HANDLERS }),
  TransferCase: rule({ in: OPEN, roles: HANDLERS, needs: assigned }),
  PassOnCase: rule({ in: OPEN, roles: HANDLERS }),
  RecuseHandler: rule({ in: ACTIVE, roles: HANDLERS }),
  RecordInvestigation: rule({ in: WORK, roles: HANDLERS }),
  ProposePlan: rule({ in: WORK, roles: HANDLERS }),
  AcceptPlan: rule({ in: [...WORK, 'resolved'], roles: HANDLERS, needs: openPlan }),
  RejectPlan: rule({ in: [...WORK, 'resolved'], roles: HANDLERS, needs: openPlan }),
  ReportProgress: rule({ in: WORK, roles: HANDLERS }),
  MakePromise: rule({ in: ACTIVE, roles: HANDLERS }),
  KeepPromise: rule({ in: ACTIVE, roles: HANDLERS, needs: owedPromise }),
  StartWaiting: rule({ in: ['handling'], roles: HANDLERS }),
  EndWaiting: rule({ in: ['waiting'], roles: HANDLERS }),
  ProposeCompensation: rule({ in: WORK, roles: HANDLERS }),
  ApproveCompensation: rule({ in: [...WORK, 'resolved'], roles: HANDLERS, needs: pending }),
  DeclineCompensation: rule({ in: [...WORK, 'resolved'], roles: HANDLERS, needs: pending }),
  // A pack may ask for steps before closing or archiving, too.
  CompleteRequiredStep: rule({ in: [...WORK, 'resolved', 'closed'], roles: HANDLERS }),
  EscalateCase: rule({ in: ACTIVE, roles: HANDLERS }),
  AcknowledgeEscalation: rule({ in: ACTIVE, roles: HANDLERS, needs: escalated }),
  ReportUp: rule({ in: [...ACTIVE, 'closed'], roles: HANDLERS }),
  ResolveCase: rule({ in: ['handling'], roles: HANDLERS }),
  NotifyCustomer: rule({ in: ['resolved', 'closed', 'declined'], roles: HANDLERS }),
  RecordOpinion: rule({ in: ['resolved', 'closed'], roles: HANDLERS }),
  RecordReturnVisit: rule({ in: ['resolved', 'closed'], roles: HANDLERS }),
  ReopenCase: rule({ in: ['resolved', 'closed', 'declined', 'withdrawn'], roles: HANDLERS }),
  FilePapers: rule({ in: ['resolved', 'closed'], roles: HANDLERS }),
  CloseCase: rule({ in: ['resolved'], roles: HANDLERS }),
  ArchiveCase: rule({ in: ['closed', 'declined', 'withdrawn'], roles: LEADERS }),
  WithdrawCase: rule({ in: ACTIVE, roles: HANDLERS }),
  AddNote: rule({ in: UNARCHIVED, roles: ALL_HANDS }),
  AddAttachment: rule({ in: UNARCHIVED, roles: ALL_HANDS, sentBy: 'attachments' }),
  LinkCase: rule({ in: EXISTING, roles: HANDLERS }),
  UnlinkCase: rule({ in: EXISTING, roles: HANDLERS, needs: linked }),
  MoveCaseToPolicy: rule({ in: UNARCHIVED, roles: LEADERS }),
  RecomputeDeadlines: rule({ in: EXISTING, roles: SYSTEMS, sentBy: 'engine' }),
  SettleCase: rule({ in: EXISTING, roles: SYSTEMS, sentBy: 'engine' }),
};

export type CommandName = keyof typeof LIFE;
export const COMMAND_NAMES = Object.keys(LIFE) as readonly CommandName[];

/** The code of a refusal says where the case stands. */
const CODES: Readonly<Record<CasePhase, string>> = {
  none: 'CASE_NOT_RECEIVED',
  received: 'CASE_NOT_ACCEPTED',
  handling: 'CASE_IN_HANDLING',
  waiting: 'CASE_WAITING',
  resolved: 'CASE_RESOLVED',
  closed: 'CASE_CLOSED',
  archived: 'CASE_ARCHIVED',
  declined: 'CASE_DECLINED',
  withdrawn: 'CASE_WITHDRAWN',
};

export const rolesOf = (command: CommandName): readonly Role[] => LIFE[command].roles;

/** Whether only the engine's own parts send the command. */
export const isInternal = (command: CommandName): boolean => LIFE[command].sentBy !== undefined;

/** Whether people give it: attaching goes another way, but is a move all the same. */
export const isForPeople = (command: CommandName): boolean => LIFE[command].sentBy !== 'engine';

/** The phases in which a command is legal. */
export const phasesOf = (command: CommandName): readonly CasePhase[] => LIFE[command].in;

/** The code with which the strict life refuses a command in a phase; undefined where the phase allows it. */
export const illegalIn = (command: CommandName, phase: CasePhase): string | undefined =>
  LIFE[command].in.includes(phase) ? undefined : CODES[phase];

/** The code with which a case as it stands refuses a command, whoever gives it; undefined where it is legal. */
export const illegalNow = (command: CommandName, state: CaseState): string | undefined => {
  const { needs }: Rule = LIFE[command];
  return illegalIn(command, state.phase) ?? (needs && !needs.met(state) ? needs.code : undefined);
};

/** The engine's own automations command like any person; who approves is looked at by the approvals themselves. */
export const mayCommand = (command: CommandName, role: Actor['role']): boolean =>
  role === 'engine' || LIFE[command].roles.includes(role);
