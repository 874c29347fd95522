import type { Instant } from '#kernel';
import type { ClockRule, Policy } from '#policy';
import { asked, ESCALATION_CLOCK, PROMISE_CLOCK } from './clocks/index.js';
import { illegalIn, type CommandName } from './legal.js';
import { holdersOf, type Held } from './posts.js';
import type { CaseState, ClockRun } from './state.js';

/** Who owes something: who holds a post, the unit that handles the case, or a post that nobody holds. */
export type Debtor = { readonly post?: string; readonly person?: string; readonly unit?: string };

/** Something that somebody must still do in a case. */
export type Duty = {
  readonly kind:
    | 'approval'
    | 'answer_to_plan'
    | 'plan'
    | 'step'
    | 'requirement'
    | 'report'
    | 'visit'
    | 'promise'
    | 'escalation'
    | 'sheet'
    | 'deadline';
  /** Of the thing, the step, the clock or the rule that is owed. */
  readonly id: string;
  /** As the pack calls it, where the pack asks for it. */
  readonly label?: { readonly zh: string; readonly en: string };
  /** What does it. */
  readonly command?: CommandName;
  /** Empty where anybody who handles cases may do it. */
  readonly owedBy: readonly Debtor[];
  /** H-5: the least role that may. */
  readonly role?: string;
  readonly dueAt?: Instant;
  /** At the due instant itself is in time (K-8). */
  readonly late: boolean;
  /** The clock stands still, and when it will be due is not known. */
  readonly paused?: true;
  readonly source?: string;
};

type Owed = Omit<Duty, 'late'> & { readonly late?: boolean };

/**
 * What is open in a case as of an instant, who must do it and until when: approvals (H-5), plans (H-3), required steps (H-4),
 * what the next commands ask for (I-2, H-8), reports up (K-4), visits (V-1), promises (K-3), escalations (E-1), sheets (H-7),
 * and every other deadline. What is due comes first, the earliest foremost.
 */
export function dutiesOf(state: CaseState, policy: Policy, at: Instant): readonly Duty[] {
  const of: Case = { state, policy, at };
  return [
    ...decisions(of),
    ...steps(of),
    ...requirements(of),
    ...promises(of),
    ...escalations(of),
    ...sheets(of),
    ...deadlines(of),
  ]
    .map((duty) => ({ ...duty, late: duty.late ?? (duty.dueAt !== undefined && duty.dueAt < at) }))
    .sort((a, b) => compare(a.dueAt ?? LAST, b.dueAt ?? LAST));
}

interface Case {
  readonly state: CaseState;
  readonly policy: Policy;
  readonly at: Instant;
}

const LAST = '~';
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function decisions({ state, policy, at }: Case): Owed[] {
  const approvals = state.compensations
    .filter((it) => it.state === 'proposed')
    .map(({ compensationId: id, ruling: { approverRole: role, approverPost, source } }): Owed => {
      const owedBy = approverPost === undefined ? [] : debtors([approverPost], { state, policy, at });
      return { kind: 'approval', id, command: 'ApproveCompensation', owedBy, role, source };
    });
  const plans = state.plans.flatMap(({ planId: id, owner, dueAt, state: stands }): Owed[] => {
    if (stands === 'proposed') return [{ kind: 'answer_to_plan', id, command: 'AcceptPlan', owedBy: [] }];
    if (stands !== 'accepted' || !isWorkedOn(state)) return [];
    const owedBy = owner === undefined ? debtors(['owner'], { state, policy, at }) : [{ person: owner }];
    return [{ kind: 'plan', id, command: 'ResolveCase', owedBy, ...(dueAt === undefined ? {} : { dueAt }) }];
  });
  return [...approvals, ...plans];
}

/** H-4: a step is owed while it can be done, and while what it comes before can be. */
function steps(of: Case): Owed[] {
  const { state, policy } = of;
  const command = 'CompleteRequiredStep';
  return [...new Set(policy.steps.map(({ before }) => before))]
    .filter((before) => isLegalIn(command, state) || isLegalIn(before, state))
    .flatMap((before) => policy.openSteps(before, asked(state, policy)))
    .map(({ id, label, by, source }) => ({ kind: 'step', id, label, command, owedBy: debtors(by, of), source }));
}

/** I-2, H-8: what the pack asks for before a command that the life of the case allows next. */
function requirements({ state, policy }: Case): Owed[] {
  const next = [...policy.gatedCommands].filter((command) => isLegalIn(command as CommandName, state));
  const open = new Set(next.flatMap((command) => policy.openRequirements(command, asked(state, policy))));
  return [...open].map(({ id, label, that, source }) =>
    that.text.includes('case.visits')
      ? { kind: 'visit', id, label, command: 'RecordReturnVisit', owedBy: [], source }
      : { kind: 'requirement', id, label, owedBy: [], source },
  );
}

const OF_A_PROMISE = ['owner', 'unit'];

/** K-3: a broken one is still owed. */
const promises = (of: Case): Owed[] =>
  of.state.promises
    .filter((it) => it.state === 'open' || it.state === 'broken')
    .map(({ promiseId: id, dueAt }) => {
      const owedBy = debtors(OF_A_PROMISE, of);
      return { kind: 'promise', id, command: 'KeepPromise', owedBy, dueAt, source: 'K-3 [T G]' };
    });

/** E-1: who was called in acknowledges. */
const escalations = ({ state, policy }: Case): Owed[] =>
  state.escalations.flatMap(({ escalationId: id, chain, level, recipients, state: stands }, index): Owed[] => {
    if (stands !== 'open') return [];
    const rule = chain === undefined ? undefined : policy.escalation(chain);
    const posts = rule?.levels[level - 1]?.to ?? [];
    const run = state.clocks.find((it) => it.clock === ESCALATION_CLOCK && it.run === index + 1);
    return [
      {
        kind: 'escalation',
        id,
        command: 'AcknowledgeEscalation',
        owedBy: recipients.map((one) => (posts.includes(one) ? { post: one } : { person: one })),
        ...(rule === undefined ? {} : { label: rule.label, source: rule.source }),
        ...(run === undefined ? {} : { dueAt: run.dueAt }),
      },
    ];
  });

/** H-7: another unit acts, in a case of its own. */
const sheets = ({ state }: Case): Owed[] =>
  state.sheets
    .filter((sheet) => sheet.state === 'open')
    .map(({ sheetId: id, unit }) => ({ kind: 'sheet', id, owedBy: [{ unit }], source: 'H-7' }));

/** What the clocks ask for. History breaks nothing until the case is taken over (EVENTS.md 18). */
function deadlines(of: Case): Owed[] {
  const { state, policy } = of;
  if (state.historical && state.takenOverAt === undefined) return [];
  return state.clocks
    .filter(({ clock }) => clock !== PROMISE_CLOCK && clock !== ESCALATION_CLOCK)
    .map((run) => ({ run, rule: policy.clock(run.clock) }))
    .filter(({ run, rule }) => isOwed(run, rule, state))
    .map(({ run, rule }) => {
      const commands = commandsFor(rule);
      const command = commands.find((it) => isLegalIn(it, state)) ?? commands[0];
      return {
        kind: kindOf(commands),
        id: run.clock,
        ...(rule === undefined ? {} : { label: rule.label }),
        ...(command === undefined ? {} : { command }),
        owedBy: debtors(rule?.owedBy ?? [], of),
        ...(run.state === 'paused' ? { paused: true as const } : { dueAt: run.dueAt }),
        late: run.state === 'missed' || (run.state === 'running' && run.dueAt < of.at),
        source: run.source,
      };
    });
}

/** What was missed is still owed until it is done, begun anew, or the case is over and it cannot be done any more. */
function isOwed(
  { clock, run, state: stands, fulfilledAt }: ClockRun,
  rule: ClockRule | undefined,
  state: CaseState,
): boolean {
  if (stands === 'running' || stands === 'paused') return true;
  if (stands !== 'missed' || fulfilledAt !== undefined) return false;
  if (state.clocks.some((it) => it.clock === clock && it.run > run)) return false;
  return isWorkedOn(state) || commandsFor(rule).some((command) => isLegalIn(command, state));
}

/** What a person does so that a clock is met, by the event that meets it. */
const COMMANDS: Readonly<Partial<Record<string, CommandName>>> = {
  CaseReportedUp: 'ReportUp',
  ReturnVisitMade: 'RecordReturnVisit',
  ReplyGiven: 'GiveReply',
  PlanProposed: 'ProposePlan',
  CaseResolved: 'ResolveCase',
  ProgressReported: 'ReportProgress',
  CustomerNotified: 'NotifyCustomer',
  PapersFiled: 'FilePapers',
  CaseAcknowledged: 'AcknowledgeCase',
  CaseAccepted: 'AcceptCase',
  OpinionRecorded: 'RecordOpinion',
  InvestigationRecorded: 'RecordInvestigation',
  IdentityVerified: 'VerifyIdentity',
  RequiredStepDone: 'CompleteRequiredStep',
  CaseAssigned: 'AssignCase',
  CausesAnalysed: 'AnalyseCauses',
  FormFilled: 'FillForm',
  PlanAccepted: 'AcceptPlan',
  CaseClosed: 'CloseCase',
};

const commandsFor = (rule: ClockRule | undefined): readonly CommandName[] =>
  rule?.metBy.flatMap(({ event }) => COMMANDS[event] ?? []) ?? [];

function kindOf(commands: readonly CommandName[]): Owed['kind'] {
  if (commands.includes('ReportUp')) return 'report';
  return commands.includes('RecordReturnVisit') ? 'visit' : 'deadline';
}

const isLegalIn = (command: CommandName, { phase }: CaseState): boolean => illegalIn(command, phase) === undefined;

const isWorkedOn = ({ phase }: CaseState): boolean =>
  phase === 'received' || phase === 'handling' || phase === 'waiting';

/** Posts with those who hold them at the instant, or stand in. */
const debtors = (posts: readonly string[], { state, policy, at }: Case): Debtor[] =>
  posts.flatMap((post) => debtorsOf(post, state, policy, at));

function debtorsOf(post: string, held: Held, policy: Policy, at: Instant): Debtor[] {
  if (post === 'unit') return held.unit === undefined ? [{ post }] : [{ unit: held.unit }];
  return holdersOf([post], held, policy, at).map((holder) => (holder === post ? { post } : { post, person: holder }));
}

/** Who owes what a clock asks for, where no more of the case is known than who handles it. */
export const debtorsOfClock = (clock: string, held: Held, policy: Policy, at: Instant): readonly Debtor[] => {
  const posts = clock === PROMISE_CLOCK ? OF_A_PROMISE : (policy.clock(clock)?.owedBy ?? []);
  return posts.flatMap((post) => debtorsOf(post, held, policy, at));
};
