import { isRefusal, type Instant, type Refusal } from '#kernel';
import { parseBudget, type Budget, type Calendar } from '#calendar';
import type { Calendars } from './calendars.js';
import type { CaseAsked, Occurrence } from './conditions.js';
import { Reckoning, textOf, type Reckoned, type Span } from './reckoning.js';
import { Notices } from './notices.js';
import type { ClockRule, EscalationRule } from './schema/clock.js';
import { PLAIN_CUSTOMERS, type CustomerRules } from './schema/customers.js';
import type { FormRule, PackField, RepeatRule, Requirement, RoutineVisit, StepRule } from './schema/intake.js';
import { categoryIds, type Category, type Pack } from './schema/pack.js';
import { IMMEDIATELY, type PackBudget } from './schema/words.js';
import { Triggers, type ClockEffect } from './triggers.js';
import { APPROVER_ROLES, PACK_SEVERITIES, type ApproverRole, type PackSeverity } from './vocabulary.js';

/** A rule that holds, and the facts it rests on: who applies it knows which events stated them. */
export interface SeverityGround {
  readonly rule: string;
  readonly severity: PackSeverity;
  readonly source: string;
  /** `persons`, circumstances and rules of repetition that the rule speaks of and that are so. */
  readonly restsOn: readonly string[];
}

/** Who holds which post, as it was known at an instant (O-1). */
export interface Posts {
  /** The persons who answer for a post of a unit: who holds it, or stands in while they are away. None where nobody does. */
  holders(post: string, unit: string | undefined, at: Instant): readonly string[];
  /** Whether there is such a unit; any is one as long as no unit was ever defined. */
  knowsUnit(unit: string, at: Instant): boolean;
  /** The units that there are. */
  units(at: Instant): readonly string[];
}

/** An organisation of which nothing is on record. */
export const NOBODY: Posts = { holders: () => [], knowsUnit: () => true, units: () => [] };

/** H-5: who must approve, which row said so, and what that row rests on. */
export interface Approval {
  readonly rule: string;
  readonly approverRole: ApproverRole;
  readonly approverPost?: string;
  readonly source: string;
}

export type { ClockEffect };

/** A checked pack that answers questions. Pure: the same pack and question give the same answer. */
export class Policy {
  private readonly paths: ReadonlyMap<string, readonly string[]>;
  private readonly clocksById: ReadonlyMap<string, ClockRule>;
  private readonly reckoning: Reckoning;
  private readonly triggers: Triggers;
  /** Who is told of what; undefined where the pack tells nobody. */
  readonly notices: Notices | undefined;
  /** The commands before which anything is asked. */
  readonly gatedCommands: ReadonlySet<string>;

  constructor(
    private readonly pack: Pack,
    readonly calendars: Calendars,
    readonly posts: Posts = NOBODY,
  ) {
    this.paths = pathsOf(pack.categories);
    this.clocksById = new Map(pack.clocks.map((clock) => [clock.id, clock]));
    this.reckoning = new Reckoning(pack, calendars);
    this.triggers = new Triggers(pack);
    this.notices = pack.notifications && new Notices(pack.notifications, this.reckoning);
    this.gatedCommands = new Set<string>([
      ...pack.requirements.flatMap(({ before }) => before),
      ...pack.steps.map(({ before }) => before),
    ]);
  }

  get id(): string {
    return this.pack.id;
  }

  get version(): string {
    return this.pack.version;
  }

  /** how long before it takes effect a version that follows this one is announced. */
  get notice(): Pack['notice'] {
    return this.pack.notice;
  }

  get name(): Pack['name'] {
    return this.pack.name;
  }

  get categories(): readonly Category[] {
    return this.pack.categories;
  }

  get clocks(): readonly ClockRule[] {
    return this.pack.clocks;
  }

  get escalations(): readonly EscalationRule[] {
    return this.pack.escalations;
  }

  get promises(): Pack['promises'] {
    return this.pack.promises;
  }

  get currency(): string {
    return this.pack.compensation.currency;
  }

  get fields(): readonly PackField[] {
    return this.pack.fields;
  }

  get forms(): readonly FormRule[] {
    return this.pack.forms;
  }

  get steps(): readonly StepRule[] {
    return this.pack.steps;
  }

  get repeats(): readonly RepeatRule[] {
    return this.pack.repeats;
  }

  /** the length of a rule's window, and when one that begins at an instant ends; undefined where it has no end. */
  windowOf({ window, calendar }: RepeatRule): { budget: Budget; after: (from: Instant) => Instant } | undefined {
    if (window === undefined) return undefined;
    const budget = this.asWritten(window) as Budget;
    return { budget, after: (from) => this.after(from, budget, calendar) };
  }

  /** So long after an instant, as its calendar was known then. */
  after(from: Instant, budget: Budget, calendar?: string): Instant {
    const end = this.reckoning.reckon({ budget, calendar }, { startsAt: from, pauses: [], knownAt: from });
    // Nothing lies behind the years that instants can name.
    return isRefusal(end) ? '9999-12-31T23:59:59.999Z' : end.dueAt;
  }

  /** C-1: the words of the customer file; ours where the pack does not speak of customers. */
  get customers(): CustomerRules {
    return this.pack.customers ?? PLAIN_CUSTOMERS;
  }

  /** V-2: the visits to customers that fall due by themselves. */
  get routineVisits(): readonly RoutineVisit[] {
    return this.pack.routineVisits;
  }

  get recusal(): Pack['recusal'] {
    return this.pack.recusal;
  }

  get rates(): Pack['rates'] {
    return this.pack.rates;
  }

  get retention(): Pack['retention'] {
    return this.pack.retention;
  }

  /** The same pack with those who hold its posts. */
  withPosts(posts: Posts): Policy {
    return new Policy(this.pack, this.calendars, posts);
  }

  /** Whether the pack asks for anything before the command at all. */
  asksBefore(command: string): boolean {
    return this.gatedCommands.has(command);
  }

  /** H-8, I-2: what is asked before a command and is not so. */
  openRequirements(command: string, asked: CaseAsked): readonly Requirement[] {
    const of = { case: asked, data: {} };
    return this.pack.requirements.filter(
      ({ before, when, that }) =>
        (before as readonly string[]).includes(command) && (when?.holds(of) ?? true) && !that.holds(of),
    );
  }

  /** H-4: the steps that a case needs before a command and that are not done. */
  openSteps(command: string, asked: CaseAsked): readonly StepRule[] {
    const of = { case: asked, data: {} };
    return this.pack.steps.filter(
      ({ id, before, when }) => before === command && (when?.holds(of) ?? true) && !asked.steps.includes(id),
    );
  }

  /** I-5: why a case is not taken on, where it is not. */
  declineOf(asked: CaseAsked): Pack['declines'][number] | undefined {
    return this.pack.declines.find(({ when }) => when.holds({ case: asked, data: {} }));
  }

  /** S-4: the first rule of priority that holds. */
  priorityOf(asked: CaseAsked): Pack['priorities'][number] | undefined {
    return this.pack.priorities.find(({ when }) => when.holds({ case: asked, data: {} }));
  }

  /** I-8: whether the category is in this pack's tree. */
  knowsCategory(category: string): boolean {
    return this.paths.has(category);
  }

  /** Every category of the tree, branches included, in the order of the pack. */
  allowedCategories(): readonly string[] {
    return categoryIds(this.pack.categories);
  }

  /** I-8: a category and all above it, itself first; itself alone where the pack does not know it. */
  categoryPath(category: string | undefined): readonly string[] {
    return category === undefined ? [] : (this.paths.get(category) ?? [category]);
  }

  clock(id: string): ClockRule | undefined {
    return this.clocksById.get(id);
  }

  /** S-1…S-3: all grounds that hold, the gravest first, in the order of the pack. */
  severityGrounds(asked: CaseAsked): readonly SeverityGround[] {
    const of = { case: asked, data: {} };
    return this.pack.severities
      .filter(({ when }) => when.holds(of))
      .map(({ id, severity, source, when }) => ({ rule: id, severity, source, restsOn: factsOf(when.text, asked) }))
      .sort((a, b) => PACK_SEVERITIES.indexOf(b.severity) - PACK_SEVERITIES.indexOf(a.severity));
  }

  /** K-7: the clocks for which the event is a start: of the first run, or of a further one. */
  clocksStartedBy(occurrence: Occurrence, which: 'startsOn' | 'restartsOn'): readonly ClockRule[] {
    return this.triggers.clocksStartedBy(occurrence, which);
  }

  /** K-7: the clocks that a reopening continues or starts anew. */
  clocksReopened(occurrence: Occurrence): readonly ClockRule[] {
    return this.pack.clocks.filter((clock) => clock.onReopening !== 'none' && applies(clock, occurrence));
  }

  /** What the event is to a run of the clock; a clock this pack does not have is not touched. */
  effectOn(clockId: string, occurrence: Occurrence): ClockEffect | undefined {
    return this.triggers.effectOn(clockId, occurrence);
  }

  /** The budget that holds for a case as it is: the first whose condition holds, else the clock's own. */
  budgetOf(clock: ClockRule, asked: CaseAsked): PackBudget {
    const of = { case: asked, data: {} };
    return clock.budgets.find(({ when }) => when.holds(of))?.budget ?? clock.budget;
  }

  /** K-7, K-10: when a run of the clock is due, and its warnings. @returns BUDGET_TOO_LONG, INSTANT_OUT_OF_RANGE */
  reckon(clock: ClockRule, budget: PackBudget, span: Span): Reckoned | Refusal {
    return this.reckoning.reckon({ budget, calendar: clock.calendar, warnAt: clock.warnAt }, span);
  }

  /** E-1: when an escalation should have been acknowledged; undefined where the level waits without end. */
  acknowledgeBy(chain: string, level: number, span: Span): Reckoned | Refusal | undefined {
    const rule = this.escalation(chain)?.levels[level - 1];
    if (rule?.acknowledgeWithin === undefined) return undefined;
    return this.reckoning.reckon({ budget: rule.acknowledgeWithin, calendar: rule.calendar }, span);
  }

  /**
   * K-9: a calendar as it was known, and a budget as it is written in an event; undefined where the instant was given, or
   * where this pack has no such calendar or tolerance (any more).
   */
  measureOf(
    { budget, calendar }: { readonly budget: string; readonly calendar?: { readonly name: string } | undefined },
    knownAt: string,
  ): { readonly budget: Budget; readonly calendar: Calendar } | undefined {
    if (!this.reckoning.has(calendar?.name) || (budget === IMMEDIATELY && !this.pack.immediately)) return undefined;
    const parsed = budget === IMMEDIATELY ? this.reckoning.inFull(budget) : parseBudget(budget);
    if (isRefusal(parsed)) return undefined;
    return { budget: parsed, calendar: this.reckoning.calendar(calendar?.name, knownAt) };
  }

  /** A budget as an event keeps it, and back: what was written by this version is read by it. */
  written(budget: PackBudget): string {
    return textOf(budget);
  }

  asWritten(text: string): PackBudget {
    const budget = text === IMMEDIATELY ? text : parseBudget(text);
    if (isRefusal(budget)) throw new Error(`"${text}" is no budget of ${this.id} ${this.version}`);
    return budget;
  }

  escalation(id: string): EscalationRule | undefined {
    return this.pack.escalations.find((rule) => rule.id === id);
  }

  /** E-1: the chains that an event calls in. */
  escalationsOn(occurrence: Occurrence): readonly EscalationRule[] {
    return this.triggers.escalationsOn(occurrence);
  }

  /** H-5: the first row of the matrix that covers amount and severity; the last row covers everything. */
  approval(asked: { readonly amountCents: number; readonly severity: PackSeverity }): Approval {
    const row = this.pack.compensation.matrix.find(
      ({ upToCents, severities }) =>
        (upToCents === undefined || asked.amountCents <= upToCents) &&
        (severities === undefined || severities.includes(asked.severity)),
    )!;
    const { id: rule, approverRole, approverPost, source } = row;
    return { rule, approverRole, ...(approverPost === undefined ? {} : { approverPost }), source };
  }

  /** H-5: whether somebody with this role may approve what the ruling asks for; a higher role may always. */
  mayApprove(role: string, approverRole: string): boolean {
    const rank = APPROVER_ROLES.indexOf(role as ApproverRole);
    return rank >= 0 && rank >= APPROVER_ROLES.indexOf(approverRole as ApproverRole);
  }
}

/** The facts that a condition names and that are so: what it rests on can only be among these. */
const factsOf = (text: string, { circumstances, repeats }: CaseAsked): readonly string[] => [
  ...(text.includes('case.persons') ? ['persons'] : []),
  ...[...circumstances, ...repeats].filter((fact) => text.includes(`"${fact}"`) || text.includes(`'${fact}'`)),
];

const applies = (clock: ClockRule, occurrence: Occurrence): boolean => clock.when?.holds(occurrence) ?? true;

function pathsOf(categories: readonly Category[], above: readonly string[] = []): Map<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  for (const { id, children } of categories) {
    const path = [id, ...above];
    paths.set(id, path);
    for (const [child, its] of pathsOf(children, path)) paths.set(child, its);
  }
  return paths;
}
