import type { JsonObject } from '#kernel';
import { categoryIds, type Category, type Clock, type ClockTrigger, type Pack, type SeverityRule } from './schema.js';
import {
  APPROVER_ROLES,
  PACK_SEVERITIES,
  type ApproverRole,
  type PackCircumstance,
  type PackKind,
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

/** An event as clocks see it: its type and plain fields, and the kind of case it happened in. */
export interface ClockCause {
  readonly type: string;
  readonly data: JsonObject;
  readonly kind: PackKind;
}

/** H-5: who must approve, which row said so, and what that row rests on. */
export interface Approval {
  readonly rule: string;
  readonly approverRole: ApproverRole;
  readonly source: string;
}

/** A checked pack that answers questions. Pure: the same pack and question give the same answer. */
export class Policy {
  private readonly categoryIds: ReadonlySet<string>;

  constructor(private readonly pack: Pack) {
    this.categoryIds = new Set(categoryIds(pack.categories));
  }

  get id(): string {
    return this.pack.id;
  }

  get version(): string {
    return this.pack.version;
  }

  get name(): Pack['name'] {
    return this.pack.name;
  }

  get categories(): readonly Category[] {
    return this.pack.categories;
  }

  get clocks(): readonly Clock[] {
    return this.pack.clocks;
  }

  get currency(): string {
    return this.pack.compensation.currency;
  }

  get closing(): Pack['closing'] {
    return this.pack.closing;
  }

  /** I-8: whether the category is in this pack's tree. */
  knowsCategory(category: string): boolean {
    return this.categoryIds.has(category);
  }

  /** Every category of the tree, branches included, in the order of the pack. */
  allowedCategories(): readonly string[] {
    return [...this.categoryIds];
  }

  clock(id: string): Clock | undefined {
    return this.pack.clocks.find((clock) => clock.id === id);
  }

  /** S-1…S-3: all grounds that hold, the gravest first, in the order of the pack. */
  severityGrounds(facts: SeverityFacts): readonly SeverityGround[] {
    return this.pack.severities
      .filter((rule) => rule.when.every((condition) => holds(condition, facts)))
      .map(({ id, severity, source, when }) => ({ rule: id, severity, source, restsOn: when.map(factOf) }))
      .sort((a, b) => PACK_SEVERITIES.indexOf(b.severity) - PACK_SEVERITIES.indexOf(a.severity));
  }

  /** K-7: the clocks for which the event is a first start. */
  clocksStartedBy(cause: ClockCause): readonly Clock[] {
    return this.pack.clocks.filter((clock) => applies(clock, cause) && triggers(clock.startsOn, cause));
  }

  /** K-7: the clocks for which the event starts a further run. */
  clocksRestartedBy(cause: ClockCause): readonly Clock[] {
    return this.pack.clocks.filter((clock) => applies(clock, cause) && triggers(clock.restartsOn, cause));
  }

  /** What the event is to a run of the clock; a clock this pack does not have is not touched. */
  effectOn(clockId: string, cause: ClockCause): 'met' | 'cancelled' | undefined {
    const clock = this.clock(clockId);
    if (clock === undefined) return undefined;
    if (triggers(clock.metBy, cause)) return 'met';
    return triggers(clock.cancelledBy, cause) ? 'cancelled' : undefined;
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

type Condition = SeverityRule['when'][number];

const holds = (condition: Condition, facts: SeverityFacts): boolean =>
  'personsAtLeast' in condition
    ? facts.persons >= condition.personsAtLeast
    : facts.circumstances.includes(condition.circumstance);

const factOf = (condition: Condition): 'persons' | PackCircumstance =>
  'personsAtLeast' in condition ? 'persons' : condition.circumstance;

const applies = (clock: Clock, { kind }: ClockCause): boolean => clock.kinds?.includes(kind) ?? true;

const triggers = (list: readonly ClockTrigger[], cause: ClockCause): boolean =>
  list.some(
    ({ event, when, kinds }) =>
      event === cause.type &&
      (kinds?.includes(cause.kind) ?? true) &&
      Object.entries(when ?? {}).every(([field, value]) => cause.data[field] === value),
  );
