import { isRefusal, type Refusal } from '#kernel';
import { parseBudget, type Budget, type Calendar } from '#calendar';
import type { Calendars } from './calendars.js';
import type { CaseAsked, Occurrence } from './conditions.js';
import { Reckoning, textOf, type Reckoned, type Span } from './reckoning.js';
import type { ClockRule, EscalationRule, Trigger } from './schema/clock.js';
import { categoryIds, type Category, type Pack, type SeverityRule } from './schema/pack.js';
import { IMMEDIATELY, type PackBudget } from './schema/words.js';
import {
  APPROVER_ROLES,
  PACK_SEVERITIES,
  type ApproverRole,
  type PackCircumstance,
  type PackSeverity,
} from './vocabulary.js';

/** What the severity rules ask about a case. */
export interface SeverityFacts {
  readonly persons: number;
  readonly circumstances: readonly PackCircumstance[];
}

/** A rule that holds, and the facts it rests on: who applies it knows which events stated them. */
export interface SeverityGround {
  readonly rule: string;
  readonly severity: PackSeverity;
  readonly source: string;
  readonly restsOn: readonly ('persons' | PackCircumstance)[];
}

/** H-5: who must approve, which row said so, and what that row rests on. */
export interface Approval {
  readonly rule: string;
  readonly approverRole: ApproverRole;
  readonly source: string;
}

/** What an event does to a run of a clock. */
export type ClockEffect = 'met' | 'cancelled' | 'paused' | 'resumed';

const EFFECTS = [
  ['metBy', 'met'],
  ['cancelledBy', 'cancelled'],
  ['pausedBy', 'paused'],
  ['resumedBy', 'resumed'],
] as const satisfies readonly (readonly [keyof ClockRule, ClockEffect])[];

/** A checked pack that answers questions. Pure: the same pack and question give the same answer. */
export class Policy {
  private readonly paths: ReadonlyMap<string, readonly string[]>;
  private readonly clocksById: ReadonlyMap<string, ClockRule>;
  private readonly reckoning: Reckoning;

  constructor(
    private readonly pack: Pack,
    readonly calendars: Calendars,
  ) {
    this.paths = pathsOf(pack.categories);
    this.clocksById = new Map(pack.clocks.map((clock) => [clock.id, clock]));
    this.reckoning = new Reckoning(pack, calendars);
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

  get closing(): Pack['closing'] {
    return this.pack.closing;
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
  severityGrounds(facts: SeverityFacts): readonly SeverityGround[] {
    return this.pack.severities
      .filter((rule) => rule.when.every((condition) => holds(condition, facts)))
      .map(({ id, severity, source, when }) => ({ rule: id, severity, source, restsOn: when.map(factOf) }))
      .sort((a, b) => PACK_SEVERITIES.indexOf(b.severity) - PACK_SEVERITIES.indexOf(a.severity));
  }

  /** K-7: the clocks for which the event is a start: of the first run, or of a further one. */
  clocksStartedBy(occurrence: Occurrence, which: 'startsOn' | 'restartsOn'): readonly ClockRule[] {
    return this.pack.clocks.filter((clock) => triggers(clock[which], occurrence) && applies(clock, occurrence));
  }

  /** K-7: the clocks that a reopening continues or starts anew. */
  clocksReopened(occurrence: Occurrence): readonly ClockRule[] {
    return this.pack.clocks.filter((clock) => clock.onReopening !== 'none' && applies(clock, occurrence));
  }

  /** What the event is to a run of the clock; a clock this pack does not have is not touched. */
  effectOn(clockId: string, occurrence: Occurrence): ClockEffect | undefined {
    const clock = this.clock(clockId);
    return clock && EFFECTS.find(([list]) => triggers(clock[list], occurrence))?.[1];
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

  /** K-9: a calendar as it was known, and a budget as it is written in an event; undefined where the instant was given. */
  measureOf(
    { budget, calendar }: { readonly budget: string; readonly calendar?: { readonly name: string } | undefined },
    knownAt: string,
  ): { readonly budget: Budget; readonly calendar: Calendar } | undefined {
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
    return this.pack.escalations.filter((rule) => triggers(rule.on, occurrence));
  }

  /** H-5: the first row of the matrix that covers amount and severity; the last row covers everything. */
  approval(asked: { readonly amountCents: number; readonly severity: PackSeverity }): Approval {
    const row = this.pack.compensation.matrix.find(
      ({ upToCents, severities }) =>
        (upToCents === undefined || asked.amountCents <= upToCents) &&
        (severities === undefined || severities.includes(asked.severity)),
    )!;
    return { rule: row.id, approverRole: row.approverRole, source: row.source };
  }

  /** H-5: whether somebody with this role may approve what the ruling asks for; a higher role may always. */
  mayApprove(role: string, approverRole: string): boolean {
    const rank = APPROVER_ROLES.indexOf(role as ApproverRole);
    return rank >= 0 && rank >= APPROVER_ROLES.indexOf(approverRole as ApproverRole);
  }
}

type SeverityCondition = SeverityRule['when'][number];

const holds = (condition: SeverityCondition, facts: SeverityFacts): boolean =>
  'personsAtLeast' in condition
    ? facts.persons >= condition.personsAtLeast
    : facts.circumstances.includes(condition.circumstance);

const factOf = (condition: SeverityCondition): 'persons' | PackCircumstance =>
  'personsAtLeast' in condition ? 'persons' : condition.circumstance;

const applies = (clock: ClockRule, occurrence: Occurrence): boolean => clock.when?.holds(occurrence) ?? true;

const triggers = (list: readonly Trigger[], occurrence: Occurrence): boolean =>
  list.some(({ event, when }) => event === occurrence.type && (when === undefined || when.holds(occurrence)));

function pathsOf(categories: readonly Category[], above: readonly string[] = []): Map<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  for (const { id, children } of categories) {
    const path = [id, ...above];
    paths.set(id, path);
    for (const [child, its] of pathsOf(children, path)) paths.set(child, its);
  }
  return paths;
}
