import { CHANNELS, CIRCUMSTANCES, COMMAND_NAMES, isInternal, JUSTIFICATIONS, OUTCOMES, type CommandName } from '#cases';
import type { JsonObject } from '#kernel';
import { commandPath } from '../../../apps/api/commands/routes.js';
import type { Random } from '../../support/random.js';

/** What a writer knows of a case: ids that answers have named, whoever got them. */
export interface KnownCase {
  readonly caseId: string;
  readonly ids: Record<string, string>;
}

/** One command as it goes over the wire; sent again it is the same, byte for byte. */
export interface Order {
  /** Idempotency key and correlation id: every event that it causes carries it. */
  readonly id: string;
  readonly path: string;
  readonly body: string;
  readonly name: CommandName;
  /** Which of the run's keys sends it: a repetition is recognised for the same sender only. */
  readonly sender: number;
}

const SENT = COMMAND_NAMES.filter((name) => !isInternal(name) && name !== 'ReceiveCase');
const HOUR_MS = 3_600_000;

/** A command on one of the known cases or a new case; legal or not is as it comes. */
export function drawOrder(random: Random, id: string, known: readonly KnownCase[], now: string): Order {
  const sender = random.below(3);
  if (known.length === 0 || random.chance(0.15)) {
    return { id, path: '/cases', body: JSON.stringify(complaint(random, id)), name: 'ReceiveCase', sender };
  }
  // Half of the commands go to the latest cases, so that writers meet.
  const it = random.chance(0.5) ? random.pick(known.slice(-5)) : random.pick(known);
  const name = random.chance(0.5) ? random.pick(ADVANCING) : random.pick(SENT);
  const body = random.chance(0.03) ? { nonsense: 1 } : bodyOf(name, random, it, Date.parse(now));
  return { id, path: `/cases/${it.caseId}/${commandPath(name)}`, body: JSON.stringify(body), name, sender };
}

/** These bring a case forward; without them most would stay where they began. */
const ADVANCING: readonly CommandName[] = [
  'AcceptCase',
  'AssignCase',
  'GiveReply',
  'ProposePlan',
  'MakePromise',
  'ResolveCase',
  'RecordReturnVisit',
  'CloseCase',
  'AddNote',
];

const complaint = (random: Random, id: string): JsonObject => ({
  kind: random.pick(['complaint', 'complaint', 'request']),
  channel: random.pick(CHANNELS),
  subject: `厨房漏水 ${id}`,
  content: `Said on the phone: 厨房漏水，没有人来修。 ${'x'.repeat(random.below(2000))}`,
  complainant: { name: `王芳 ${id}`, phone: '13800138000' },
  persons: random.pick([1, 1, 3, 12]),
  category: random.pick(['engineering_quality', 'property_management']),
  circumstances: random.chance(0.2) ? [random.pick(CIRCUMSTANCES)] : [],
  ...(random.chance(0.1) ? { answeredAtOnce: true } : {}),
});

function bodyOf(name: CommandName, random: Random, { ids }: KnownCase, nowMs: number): JsonObject {
  const someId = (kind: string): string => ids[kind] ?? 'nothing';
  const channel = random.pick(CHANNELS);
  const soon = (): string => new Date(nowMs + random.between(1, 72) * HOUR_MS).toISOString();
  const text = `as it was said ${random.below(1_000_000)}`;
  const bodies: Partial<Record<CommandName, () => JsonObject>> = {
    VerifyIdentity: () => ({ result: random.pick(['verified', 'not_found', 'mismatch']) }),
    AssessProfile: () => ({ profile: 'professional', motive: 'solution' }),
    AcknowledgeCase: () => ({ channel, apologised: true }),
    GiveReply: () => ({ channel, text }),
    ClassifyCase: () => ({ category: 'other', kind: random.pick(['complaint', 'request', 'feedback']) }),
    GrowGroup: () => ({ persons: random.between(2, 20), members: [{ name: '李雷' }] }),
    AssignCase: () => ({ unit: random.pick(['engineering', 'property']), owner: random.pick(['li', 'zhang']) }),
    TransferCase: () => ({ unit: random.pick(['engineering', 'property']), reason: text }),
    PassOnCase: () => ({ to: random.pick(['service_centre', 'authority']), complainantAgreed: true }),
    RecuseHandler: () => ({ person: random.pick(['li', 'zhang']), reasonCode: 'complained_about' }),
    RecordInvestigation: () => ({ justification: random.pick(JUSTIFICATIONS), cause: text }),
    ProposePlan: () => ({ measures: text, owner: 'li', dueAt: soon() }),
    AcceptPlan: () => ({ planId: someId('planId'), by: 'customer' }),
    RejectPlan: () => ({ planId: someId('planId'), by: 'supervisor', objection: text }),
    ReportProgress: () => ({ toCustomer: random.chance(0.5), text }),
    MakePromise: () => ({ dueAt: soon(), text }),
    KeepPromise: () => ({ promiseId: someId('promiseId') }),
    StartWaiting: () => ({ waitingFor: random.pick(['customer', 'third_party']) }),
    ProposeCompensation: () => ({ amountCents: random.between(1, 1_000_000), reason: text }),
    ApproveCompensation: () => ({ compensationId: someId('compensationId') }),
    DeclineCompensation: () => ({ compensationId: someId('compensationId') }),
    CompleteRequiredStep: () => ({ step: 'site_visit', text }),
    EscalateCase: () => ({ reasonCode: 'no_progress', recipients: ['head'] }),
    AcknowledgeEscalation: () => ({ escalationId: someId('escalationId') }),
    ReportUp: () => ({ to: 'head_office' }),
    ResolveCase: () => ({ outcome: random.pick(OUTCOMES), resolution: text }),
    NotifyCustomer: () => ({ channel, inWriting: random.chance(0.5) }),
    RecordOpinion: () => ({ satisfied: random.chance(0.5), score: random.below(11) }),
    RecordReturnVisit: () => ({ channel, reached: true, satisfied: true, score: random.below(11), notes: text }),
    ReopenCase: () => ({ reasonCode: 'dissatisfied' }),
    FilePapers: () => ({ with: 'archive' }),
    ArchiveCase: () => ({ year: 2026 }),
    DeclineCase: () => ({ reasonCode: 'not_ours' }),
    WithdrawCase: () => ({ reasonCode: 'settled_privately' }),
    AddNote: () => ({ text }),
    LinkCase: () => ({ otherCaseId: random.pick(['a', 'b']), relation: 'related' }),
    UnlinkCase: () => ({ linkId: someId('linkId'), reasonCode: 'mistake' }),
  };
  return bodies[name]?.() ?? {};
}
