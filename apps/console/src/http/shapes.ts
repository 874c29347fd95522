import type {
  CaseEventType,
  CaseKind,
  Channel,
  Circumstance,
  PartyRole,
  Phase,
  Severity,
} from '../../../../libs/cases/domain/events.js';
import type {
  ClockExplanation,
  ClockStep,
  Counting,
  EventSeen,
  Stretch,
} from '../../../../libs/cases/explanation/shapes.js';
import type { Debtor, Duty } from '../../../../libs/cases/domain/duties.js';
import type { CommandName } from '../../../../libs/cases/domain/legal.js';
import type { Move } from '../../../../libs/cases/domain/moves.js';

export type { ClockExplanation, ClockStep, Counting, Debtor, Duty, EventSeen, Move, Stretch };
export type { CaseEventType, CaseKind, Channel, Circumstance, CommandName, PartyRole, Phase, Severity };

/** ISO 8601 in UTC with milliseconds, as the API sends it. */
export type Instant = string;

export interface Label {
  readonly zh: string;
  readonly en: string;
}

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly unit?: string;
  readonly permissions: readonly string[];
  readonly testClock: boolean;
  readonly now: Instant;
}

export interface Category {
  readonly id: string;
  readonly label: Label;
  readonly children?: readonly Category[];
}

export interface Policy {
  readonly pack: string;
  readonly version: string;
  readonly categories: readonly Category[];
  readonly clocks: readonly { readonly id: string; readonly label: Label }[];
  readonly escalations: readonly { readonly id: string; readonly label: Label }[];
  /** The words of the customers' files. */
  readonly customers: Readonly<
    Record<
      'tiers' | 'qualityGrounds' | 'specialOwners' | 'milestones',
      readonly { readonly id: string; readonly label: Label }[]
    >
  >;
  readonly fields: readonly PackField[];
}

export interface CaseExplained {
  readonly at: Instant;
  readonly items: readonly ClockExplanation[];
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly unit?: string;
}

/** One row of the board. What is personal and erased, lost or withheld arrives as such. */
export interface BoardRow {
  readonly caseId: string;
  readonly ref: string;
  readonly kind: CaseKind;
  readonly phase: Phase;
  readonly severity: Severity;
  readonly category?: string | null;
  readonly unit?: string | null;
  readonly owner?: string | null;
  readonly channel: Channel;
  readonly persons: number;
  readonly subject?: Personal | string | null;
  readonly excerpt?: Personal | string | null;
  readonly complainantName?: Personal | string | null;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
  readonly updatedAt: Instant;
  readonly nextDue: { readonly clock: string; readonly dueAt: Instant; readonly owedBy: readonly Debtor[] } | null;
  readonly repeat: boolean;
  readonly missed: number;
  readonly doneLateCount: number;
  readonly pausedCount: number;
  readonly warnedCount: number;
  readonly provisional: boolean;
  readonly foreign: boolean;
  readonly overdue: boolean;
  readonly reopenCount: number;
  readonly escalated: boolean;
  readonly escalationLevel: number;
  readonly historical: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
  readonly position?: string;
}

export interface Counts {
  readonly byPhase: Readonly<Partial<Record<Phase, number>>>;
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
  readonly byUnit: Readonly<Record<string, number>>;
  readonly overdue: number;
  readonly dueSoon: number;
  readonly total: number;
}

/** A personal value: open, or why it is not (EVENTS.md 8, 9). */
export type Personal =
  { readonly value: unknown } | { readonly erased: true } | { readonly lost: true } | { readonly withheld: true };

export interface ShownParty {
  readonly partyId: string;
  readonly role: PartyRole;
  readonly [detail: string]: unknown;
}

export type Thing = Readonly<Record<string, unknown>>;

export interface CaseShown {
  readonly caseId: string;
  readonly ref: string;
  readonly phase: Phase;
  readonly kind: CaseKind;
  readonly severity: Severity;
  readonly grounds: readonly {
    readonly groundId: string;
    readonly rule: string;
    readonly severity: Severity;
    readonly source: string;
    readonly evidence: readonly string[];
  }[];
  readonly category?: string | null;
  readonly unit?: string | null;
  readonly owner?: string | null;
  readonly channel: Channel;
  readonly persons: number;
  readonly circumstances: readonly Circumstance[];
  readonly parties: readonly ShownParty[];
  readonly subject?: Personal | string | null;
  readonly content?: Personal | string | null;
  readonly externalReference?: Personal | string | null;
  readonly occurredAt?: Instant;
  readonly receivedAt?: Instant;
  readonly clocks: readonly Thing[];
  readonly promises?: readonly Thing[];
  readonly plans?: readonly Thing[];
  readonly compensations?: readonly Thing[];
  readonly escalations?: readonly Thing[];
  readonly links?: readonly Thing[];
  readonly attachments?: readonly Thing[];
  readonly visits?: readonly Thing[];
  readonly opinion?: Thing | null;
  /** What else is known of it: cause, findings, outcome, resolution … */
  readonly [fact: string]: unknown;
  readonly reopenCount: number;
  /** Revisions of events that somebody else wrote. */
  readonly foreign?: readonly number[];
  readonly legal: readonly string[];
  readonly moves: readonly Move[];
  readonly duties: readonly Duty[];
  readonly forms?: readonly FilledForm[];
  readonly rules: CaseRules;
  readonly revision: number;
  readonly etag: string;
}

/** A field of a pack's own. */
export interface PackField {
  readonly id: string;
  readonly label: Label;
  readonly type: 'text' | 'code' | 'choice' | 'yes_no' | 'number' | 'instant' | 'date';
  readonly choices?: readonly { readonly id: string; readonly label: Label }[];
  readonly personal: boolean;
  readonly required: boolean;
}

/** A form of the pack; `applies` where it may be filled for the case as it is. */
export interface PackForm {
  readonly id: string;
  readonly label: Label;
  readonly fields: readonly PackField[];
  readonly source: string;
  readonly applies: boolean;
}

export interface PackStep {
  readonly id: string;
  readonly label: Label;
  readonly persons: number;
  readonly fields: readonly PackField[];
}

/** The pack that rules a case, with what it asks for in fields of its own. */
export interface CaseRules extends Policy {
  readonly forms: readonly PackForm[];
  readonly steps: readonly PackStep[];
}

/** A form as it was filled; the same form filled again is its next version. */
export interface FilledForm {
  readonly formId: string;
  readonly form: string;
  readonly by: string;
  readonly at: Instant;
  readonly values: Readonly<Record<string, unknown>>;
  readonly words?: Personal;
}

export interface Change {
  readonly field: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

export interface TimelineEntry {
  readonly id: string;
  readonly revision: number;
  readonly position?: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: { readonly id: string; readonly role: string; readonly name?: string };
  readonly rule?: string;
  readonly policy: { readonly pack: string; readonly version: string };
  readonly data: Thing;
  readonly personal: Readonly<Record<string, Personal>>;
  readonly historical?: boolean;
  readonly irregular?: readonly string[] | boolean;
  readonly changes: readonly Change[];
}

/** What a write answers. */
export interface Written {
  readonly caseId?: string;
  readonly customerId?: string;
  readonly revision: number;
  readonly position: string;
  readonly result: Thing;
}
