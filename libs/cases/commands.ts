import type { Role } from '#kernel';
import { AcceptCase, acceptCase } from './accept-case/index.js';
import { AcceptPlan, acceptPlan } from './accept-plan/index.js';
import { AcknowledgeCase, acknowledgeCase } from './acknowledge-case/index.js';
import { AcknowledgeEscalation, acknowledgeEscalation } from './acknowledge-escalation/index.js';
import { AddAttachment, addAttachment } from './add-attachment/index.js';
import { AddNote, addNote } from './add-note/index.js';
import { ApproveCompensation, approveCompensation } from './approve-compensation/index.js';
import { ArchiveCase, archiveCase } from './archive-case/index.js';
import { AmendIntake, amendIntake } from './amend-intake/index.js';
import { AnalyseCauses, analyseCauses } from './analyse-causes/index.js';
import { FillForm, fillForm } from './fill-form/index.js';
import { RequestSheet, requestSheet } from './request-sheet/index.js';
import { FinishSheet, finishSheet } from './finish-sheet/index.js';
import { MatchRepeats, matchRepeats } from './match-repeats/index.js';
import { DismissRepeat, dismissRepeat } from './dismiss-repeat/index.js';
import { AssessProfile, assessProfile } from './assess-profile/index.js';
import { AssignCase, assignCase } from './assign-case/index.js';
import { ClassifyCase, classifyCase } from './classify-case/index.js';
import { CloseCase, closeCase } from './close-case/index.js';
import { CompleteRequiredStep, completeRequiredStep } from './complete-required-step/index.js';
import { DeclineCase, declineCase } from './decline-case/index.js';
import { DeclineCompensation, declineCompensation } from './decline-compensation/index.js';
import { EndWaiting, endWaiting } from './end-waiting/index.js';
import { EscalateCase, escalateCase } from './escalate-case/index.js';
import { FilePapers, filePapers } from './file-papers/index.js';
import { GiveReply, giveReply } from './give-reply/index.js';
import { GrowGroup, growGroup } from './grow-group/index.js';
import { ImportHistory, importHistory } from './import-history/index.js';
import { KeepPromise, keepPromise } from './keep-promise/index.js';
import { LinkCase, linkCase } from './link-case/index.js';
import { MakePromise, makePromise } from './make-promise/index.js';
import { MoveCaseToPolicy, moveCaseToPolicy } from './move-case-to-policy/index.js';
import { NotifyCustomer, notifyCustomer } from './notify-customer/index.js';
import { PassOnCase, passOnCase } from './pass-on-case/index.js';
import { ProposeCompensation, proposeCompensation } from './propose-compensation/index.js';
import { ProposePlan, proposePlan } from './propose-plan/index.js';
import { ReceiveCase, receiveCase } from './receive-case/index.js';
import { RecomputeDeadlines, recomputeDeadlines } from './recompute-deadlines/index.js';
import { RecordCustomerStanding, recordCustomerStanding } from './record-customer-standing/index.js';
import { RecordInvestigation, recordInvestigation } from './record-investigation/index.js';
import { RecordOpinion, recordOpinion } from './record-opinion/index.js';
import { RecordReturnVisit, recordReturnVisit } from './record-return-visit/index.js';
import { RecuseHandler, recuseHandler } from './recuse-handler/index.js';
import { RejectPlan, rejectPlan } from './reject-plan/index.js';
import { ReopenCase, reopenCase } from './reopen-case/index.js';
import { ReportProgress, reportProgress } from './report-progress/index.js';
import { ReportUp, reportUp } from './report-up/index.js';
import { ResolveCase, resolveCase } from './resolve-case/index.js';
import { SettleCase, settleCase } from './settle-case/index.js';
import { StartWaiting, startWaiting } from './start-waiting/index.js';
import { TransferCase, transferCase } from './transfer-case/index.js';
import { UnlinkCase, unlinkCase } from './unlink-case/index.js';
import { VerifyIdentity, verifyIdentity } from './verify-identity/index.js';
import { WithdrawCase, withdrawCase } from './withdraw-case/index.js';
import type { CaseCommand, CaseDecide } from './command.js';
import { isInternal, rolesOf, type CommandName } from './domain/index.js';

export interface CaseCommandEntry {
  readonly name: CommandName;
  readonly command: new () => CaseCommand;
  /** Takes an instance of `command`. */
  readonly decide: CaseDecide<CaseCommand>;
  readonly roles: readonly Role[];
  readonly summary: string;
  /** Sent by the engine's own parts only: it has no route of its own. */
  readonly internal: boolean;
}

const entry = <C extends CaseCommand>(
  command: (new () => C) & { readonly name: string },
  decide: CaseDecide<C>,
  summary: string,
): CaseCommandEntry => {
  const name = command.name as CommandName;
  // Who dispatches pairs each class with its own decider by this entry, which the compiler cannot follow.
  const paired = decide as unknown as CaseDecide<CaseCommand>;
  return { name, command, decide: paired, roles: rolesOf(name), summary, internal: isInternal(name) };
};

/** Every command on a case. HTTP routes, bus handlers, OpenAPI and the lists of legal moves are derived from here. */
export const CASE_COMMANDS: readonly CaseCommandEntry[] = [
  entry(ReceiveCase, receiveCase, 'Receive a complaint, a service request or feedback'),
  entry(VerifyIdentity, verifyIdentity, 'Record that identity was checked against the customer file'),
  entry(AssessProfile, assessProfile, 'Record what kind of complainant it is and what moves them'),
  entry(AcceptCase, acceptCase, 'Take the case on'),
  entry(DeclineCase, declineCase, 'Decline the case, with the reason on record'),
  entry(AcknowledgeCase, acknowledgeCase, 'Confirm to the complainant what was said'),
  entry(GiveReply, giveReply, 'Record an answer to the complainant'),
  entry(ClassifyCase, classifyCase, 'Say what the case is about'),
  entry(AmendIntake, amendIntake, 'Add what was missing at intake'),
  entry(FillForm, fillForm, 'Fill a form of the pack'),
  entry(AnalyseCauses, analyseCauses, 'Record causes and improvements'),
  entry(RequestSheet, requestSheet, 'Ask another unit to act, by a sheet of its own'),
  entry(FinishSheet, finishSheet, 'Record that a sheet has come to its end'),
  entry(MatchRepeats, matchRepeats, 'Record what it is a repeat of'),
  entry(RecordCustomerStanding, recordCustomerStanding, 'Record how the customer stands'),
  entry(DismissRepeat, dismissRepeat, 'Record that another case is not about the same'),
  entry(GrowGroup, growGroup, 'Add people who complain together'),
  entry(AssignCase, assignCase, 'Assign the case to a unit and a person'),
  entry(TransferCase, transferCase, 'Hand the case over to another unit'),
  entry(PassOnCase, passOnCase, 'Pass the case on to who it belongs to'),
  entry(RecuseHandler, recuseHandler, 'Bar a person who is complained about from the case'),
  entry(RecordInvestigation, recordInvestigation, 'Record cause, impact and whether the complaint is justified'),
  entry(ProposePlan, proposePlan, 'Propose measures, time and owner'),
  entry(AcceptPlan, acceptPlan, 'Record that a plan was accepted'),
  entry(RejectPlan, rejectPlan, 'Record that a plan was rejected'),
  entry(ReportProgress, reportProgress, 'Record how it stands'),
  entry(MakePromise, makePromise, 'Record a promise with a time'),
  entry(KeepPromise, keepPromise, 'Record that a promise was kept'),
  entry(StartWaiting, startWaiting, 'Wait for the customer or a third party'),
  entry(EndWaiting, endWaiting, 'Go on after waiting'),
  entry(ProposeCompensation, proposeCompensation, 'Propose a compensation'),
  entry(ApproveCompensation, approveCompensation, 'Approve a compensation that somebody else proposed'),
  entry(DeclineCompensation, declineCompensation, 'Decline a compensation that somebody else proposed'),
  entry(CompleteRequiredStep, completeRequiredStep, 'Record that a required step is done'),
  entry(EscalateCase, escalateCase, 'Call in those above'),
  entry(AcknowledgeEscalation, acknowledgeEscalation, 'Take note of an escalation'),
  entry(ReportUp, reportUp, 'Record that those who must know were told'),
  entry(ResolveCase, resolveCase, 'Record the result'),
  entry(NotifyCustomer, notifyCustomer, 'Record that the customer was told the result'),
  entry(RecordOpinion, recordOpinion, "Record the customer's opinion on the result"),
  entry(RecordReturnVisit, recordReturnVisit, 'Record a return visit'),
  entry(ReopenCase, reopenCase, 'Take the case up again'),
  entry(FilePapers, filePapers, 'Record that the papers were filed'),
  entry(CloseCase, closeCase, 'Close the case'),
  entry(ArchiveCase, archiveCase, 'Archive the case under a year'),
  entry(WithdrawCase, withdrawCase, 'Record that the complainant takes the complaint back'),
  entry(AddNote, addNote, 'Add a note'),
  entry(AddAttachment, addAttachment, 'Add an attachment that is stored already'),
  entry(LinkCase, linkCase, 'Link another case'),
  entry(UnlinkCase, unlinkCase, 'Undo a link'),
  entry(MoveCaseToPolicy, moveCaseToPolicy, 'Move the case to another version of the rules'),
  entry(RecomputeDeadlines, recomputeDeadlines, 'Count provisional deadlines again'),
  entry(SettleCase, settleCase, 'Settle what is due'),
  entry(ImportHistory, importHistory, 'Import a case with its past'),
];

const BY_NAME = new Map<string, CaseCommandEntry>(CASE_COMMANDS.map((it) => [it.name, it]));

export const caseCommand = (name: CommandName): CaseCommandEntry => BY_NAME.get(name)!;
