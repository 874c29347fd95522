import fc from 'fast-check';
import { ENGINE, isRefusal, plusMs, type Actor, type Instant, type Refusal } from '#kernel';
import { CASE_COMMANDS, caseCommand } from '../commands.js';
import {
  CASE_KINDS,
  CIRCUMSTANCES,
  COMMAND_NAMES,
  illegalNow,
  isForPeople,
  mainComplainant,
  OUTCOMES,
  PHASES,
  SEVERITIES,
  type CaseState,
  type CommandName,
} from '../domain/index.js';
import { by, Desk, MONDAY } from './desk.js';

/** One step of a random life: what is drawn, before it is known what the case looks like then. */
export interface Draw {
  /** Mostly a command that is legal then; a wild one is any. */
  readonly wild: boolean;
  readonly pick: number;
  readonly gapMs: number;
  readonly lateMs: number;
  readonly actor: Actor;
}

/** A command as it was sent. */
export interface Step {
  readonly name: CommandName;
  readonly command: object;
  readonly actor: Actor;
  readonly at: Instant;
}

const HOUR_MS = 3_600_000;
const ACTORS: readonly Actor[] = [
  by('li'),
  by('li', 'agent', 'key-2'),
  by('wang', 'supervisor'),
  by('admin', 'administrator'),
  by('crm', 'service'),
  by('eve', 'auditor'),
  ENGINE,
];

const gap = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 0, max: 3 * 24 }).map((hours) => hours * HOUR_MS),
);

const draw: fc.Arbitrary<Draw> = fc.record({
  wild: fc.integer({ min: 0, max: 9 }).map((it) => it === 0),
  pick: fc.nat(),
  gapMs: gap,
  lateMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: gap }),
  actor: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...ACTORS.slice(0, 4)) },
    { weight: 1, arbitrary: fc.constantFrom(...ACTORS) },
  ),
});

export const lives = (maxLength = 40): fc.Arbitrary<Draw[]> => fc.array(draw, { maxLength, size: 'max' });

const one = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];
const known = (ids: readonly string[], pick: number): string => one(ids, pick) ?? 'nobody-knows';

type Body = (state: CaseState, pick: number, at: Instant) => object;

const plan: Body = ({ plans }, pick) => ({
  planId: known(
    plans.map((it) => it.planId),
    pick,
  ),
  by: pick % 2 ? 'customer' : 'supervisor',
});
const compensation: Body = ({ compensations }, pick) => ({
  compensationId: known(
    compensations.map((it) => it.compensationId),
    pick,
  ),
});
const reasoned: Body = () => ({ reasonCode: 'because', reason: '因为' });
const nothing: Body = () => ({});

/** A body for each command that fits what the case holds then, more often than not. */
const BODIES: Readonly<Record<CommandName, Body>> = {
  ReceiveCase: (_state, pick) => ({
    kind: pick % 5 ? 'complaint' : 'request',
    channel: 'phone',
    content: 'x',
    persons: 1 + (pick % 12),
    circumstances: pick % 3 ? [] : [one(CIRCUMSTANCES, pick)],
    ...(pick % 7 ? {} : { answeredAtOnce: true }),
    ...(pick % 2 ? { complainant: { name: 'Anna' } } : { representative: { name: 'Bo' } }),
  }),
  ImportHistory: (_state, pick, at) => history(pick, at),
  VerifyIdentity: () => ({ result: 'verified' }),
  AssessProfile: () => ({ motive: 'respect' }),
  AcceptCase: nothing,
  DeclineCase: reasoned,
  AcknowledgeCase: () => ({ channel: 'phone' }),
  GiveReply: (state, pick) => ({
    channel: 'phone',
    text: 'x',
    ...(pick % 4 ? {} : { mentions: [mainComplainant(state) ?? 'x'] }),
  }),
  ClassifyCase: (_state, pick) => ({
    ...(pick % 2 ? { kind: one(CASE_KINDS, pick >> 2) } : {}),
    circumstances: pick % 3 ? [] : [one(CIRCUMSTANCES, pick)],
  }),
  GrowGroup: (_state, pick) => (pick % 2 ? { members: [{ name: 'Bo' }, {}] } : { persons: 2 + (pick % 20) }),
  AssignCase: (_state, pick) => ({ unit: `unit-${pick % 3}`, owner: known(['li', 'wang'], pick) }),
  TransferCase: (_state, pick) => ({ unit: `unit-${pick % 3}` }),
  PassOnCase: (_state, pick) => ({ to: 'contact_given', complainantAgreed: pick % 2 === 0 }),
  RecuseHandler: (_state, pick) => ({ person: pick % 8 ? `person-${pick % 5}` : 'li', reasonCode: 'x' }),
  RecordInvestigation: () => ({ justification: 'justified', cause: 'x', findings: 'y' }),
  ProposePlan: (_state, pick, at) => ({ measures: 'x', ...(pick % 2 ? { dueAt: plusMs(at, pick % HOUR_MS) } : {}) }),
  AcceptPlan: plan,
  RejectPlan: plan,
  ReportProgress: () => ({ toCustomer: true, text: 'x' }),
  MakePromise: (_state, pick, at) => ({ dueAt: plusMs(at, (pick % (72 * HOUR_MS)) - HOUR_MS), text: 'x' }),
  KeepPromise: ({ promises }, pick) => ({
    promiseId: known(
      promises.map((it) => it.promiseId),
      pick,
    ),
  }),
  StartWaiting: (_state, pick) => ({ waitingFor: pick % 2 ? 'customer' : 'third_party' }),
  EndWaiting: nothing,
  ProposeCompensation: (_state, pick) => ({ amountCents: 1 + (pick % 1_000_000) }),
  ApproveCompensation: compensation,
  DeclineCompensation: compensation,
  CompleteRequiredStep: (_state, pick) => ({ step: `step-${pick % 4}`, secondPerson: known(['li', 'zhao'], pick) }),
  EscalateCase: () => ({ reasonCode: 'x', recipients: ['wang'] }),
  AcknowledgeEscalation: ({ escalations }, pick) => ({
    escalationId: known(
      escalations.map((it) => it.escalationId),
      pick,
    ),
  }),
  ReportUp: () => ({ to: 'leaders' }),
  ResolveCase: (_state, pick) => ({ outcome: one(OUTCOMES, pick) }),
  NotifyCustomer: () => ({ channel: 'letter', inWriting: true, text: 'x' }),
  RecordOpinion: (_state, pick) => ({ satisfied: pick % 2 === 0 }),
  RecordReturnVisit: (_state, pick) => ({ channel: 'phone', reached: pick % 2 === 0 }),
  ReopenCase: (_state, pick) => ({ reasonCode: 'x', to: pick % 3 ? 'handling' : 'resolved' }),
  FilePapers: () => ({ with: 'centre' }),
  CloseCase: nothing,
  ArchiveCase: () => ({ year: 2026 }),
  WithdrawCase: reasoned,
  AddNote: () => ({ text: 'x' }),
  AddAttachment: (_state, pick) => ({
    attachmentId: `a-${pick % 5}`,
    keyId: `k-${pick % 5}`,
    ciphertextSha256: '',
    sizeBytes: 1,
    mediaType: 'a/b',
    fileName: 'x',
    plaintextSha256: '',
  }),
  LinkCase: (_state, pick) => ({ otherCaseId: `${pick % 4}`, relation: 'related' }),
  UnlinkCase: ({ links }, pick) => ({
    linkId: known(
      links.map((it) => it.linkId),
      pick,
    ),
    reasonCode: 'x',
  }),
  MoveCaseToPolicy: (_state, pick) => ({ version: `${1 + (pick % 3)}`, ...(pick % 2 ? { reason: 'x' } : {}) }),
  AmendIntake: (_state, pick) =>
    pick % 2 ? { complainant: { phone: '1380000' } } : { waived: ['complainant.contact'], reasonCode: 'anonymous' },
  FillForm: (_state, pick) => ({ form: 'opinion', values: { pleased: pick % 2 === 0, words: 'x' } }),
  AnalyseCauses: () => ({ causes: 'x' }),
  RequestSheet: (_state, pick) => ({ kind: pick % 2 ? 'work_sheet' : 'nonconformity', unit: 'unit-1', text: 'x' }),
  FinishSheet: ({ sheets }, pick) => ({
    sheetId: known(
      sheets.map((it) => it.sheetId),
      pick,
    ),
    outcome: 'done',
  }),
  MatchRepeats: (_state, pick) => ({
    rule: 'same',
    cases: ['a', 'b', 'c'].slice(pick % 4),
    complainants: 1 + (pick % 3),
  }),
  RecordCustomerStanding: (_state, pick) => ({
    customerId: 'c-1',
    tier: pick % 2 ? 'important' : 'general',
    quality: pick % 3 === 0,
    special: false,
  }),
  DismissRepeat: ({ repeats }, pick) => ({
    rule: 'same',
    otherCaseId: known(
      repeats.flatMap((it) => it.cases),
      pick,
    ),
    reasonCode: 'x',
  }),
  RecomputeDeadlines: nothing,
  SettleCase: nothing,
};

/** A past in any order, with moves that the strict life forbids. */
function history(pick: number, at: Instant): object {
  const entries = Array.from({ length: pick % 9 }, (_, index) => {
    const turn = Math.imul(pick, 2 * index + 1) >>> 0;
    return {
      at: plusMs(at, -HOUR_MS * (1 + (turn % 500))),
      phase: one(PHASES, turn >>> 3),
      severity: one(SEVERITIES, turn >>> 5),
      replied: turn % 2 === 0,
      ...(turn % 3 ? { unit: `unit-${turn % 4}` } : { owner: `person-${turn % 4}` }),
    };
  });
  return {
    sourceKey: 'x',
    source: 'log',
    mapping: 'log@1',
    kind: 'complaint',
    channel: 'email',
    persons: 1 + (pick % 11),
    circumstances: [],
    openedAt: plusMs(at, -400 * HOUR_MS),
    targetAt: plusMs(at, -(pick % 400) * HOUR_MS),
    takenOverAt: at,
    entries,
  };
}

const SENT_BY_THE_ENGINE = [
  'FinishSheet',
  'MatchRepeats',
  'RecordCustomerStanding',
  'RecomputeDeadlines',
  'SettleCase',
] as const;

/** What the life of the case allows, whoever asks and whatever the pack asks for before it. */
const movesFor = (state: CaseState): readonly CommandName[] =>
  COMMAND_NAMES.filter((name) => isForPeople(name) && illegalNow(name, state) === undefined);

/** What a draw comes to when the case looks like this. */
export function stepOf({ wild, pick, lateMs, actor }: Draw, state: CaseState, at: Instant): Step {
  const imports = state.phase === 'none' && pick % 4 === 0;
  // What the engine itself sends comes now and then, too.
  if (pick % 16 === 1) {
    const name = one(SENT_BY_THE_ENGINE, pick >> 4)!;
    return { name, command: BODIES[name](state, pick, at), actor: ENGINE, at };
  }
  const name = wild ? one(CASE_COMMANDS, pick)!.name : imports ? 'ImportHistory' : one(movesFor(state), pick >> 4)!;
  const body = BODIES[name](state, pick, at);
  return { name, command: lateMs === 0 ? body : { occurredAt: plusMs(at, -lateMs), ...body }, actor, at };
}

/** Lives a life on a desk. @returns what was sent, so that it can be sent again elsewhere */
export function live(draws: readonly Draw[], desk: Desk = new Desk(), seen?: Seen): Step[] {
  let at = MONDAY;
  return draws.map((draw) => {
    at = plusMs(at, draw.gapMs);
    const before = desk.state;
    const step = stepOf(draw, before, at);
    const answer = send(desk, step);
    seen?.(step, before, isRefusal(answer) ? answer : undefined);
    return step;
  });
}

/** Told of every step, with the state it met and the refusal it got. */
export type Seen = (step: Step, before: CaseState, refusal: Refusal | undefined) => void;

export const send = (desk: Desk, { name, command, actor, at }: Step): ReturnType<Desk['send']> =>
  desk.send(caseCommand(name).decide, command, { actor, at });
