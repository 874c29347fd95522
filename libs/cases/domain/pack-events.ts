import type { DomainEvent } from '#kernel';

/** Values of a pack's own fields that are not personal, by the field's id. */
export type FieldValues = { readonly [field: string]: string | number | boolean };

/** Where a case comes from that nobody brought in: another case (H-7), or a milestone of a customer (V-2). */
export type OpenedFrom = { readonly caseId: string } | { readonly customerId: string; readonly visit: string };

/** C-1: what rules ask of a customer (S-4); nothing of it says who it is. */
export type CustomerStanding = {
  readonly customerId?: string;
  readonly tier?: string;
  readonly quality: boolean;
  readonly special: boolean;
};

/** A version of a policy pack. */
export type PolicyOf = { readonly pack: string; readonly version: string };

/** What packs ask for besides the life of a case, and what it has to do with others. */
export type PackEvent =
  /** I-2: what was missing at intake. `waived` names what is not to be had. */
  | DomainEvent<
      'IntakeAmended',
      {
        readonly given: readonly string[];
        readonly waived?: readonly string[];
        readonly fields?: FieldValues;
        readonly reasonCode?: string;
      },
      'complainant' | 'fields'
    >
  /** S-4, by the first rule of the pack that holds. */
  | DomainEvent<'PriorityAssigned', { readonly priority: string; readonly rule: string; readonly source: string }>
  /** Section 12: a form as it was filled; the same form may be filled again. */
  | DomainEvent<
      'FormFilled',
      {
        readonly formId: string;
        readonly form: string;
        readonly values: FieldValues;
        readonly given: readonly string[];
      },
      'values'
    >
  /** H-7: every finished complaint gets its causes and improvements analysed. */
  | DomainEvent<'CausesAnalysed', Record<never, never>, 'causes' | 'improvements'>
  /** H-7: a work contact sheet or a nonconformity is to be opened; the intention comes first, the case follows. */
  | DomainEvent<
      'SheetRequested',
      { readonly sheetId: string; readonly kind: 'work_sheet' | 'nonconformity'; readonly unit: string },
      'text'
    >
  | DomainEvent<'SheetFinished', { readonly sheetId: string; readonly outcome: 'done' | 'declined' | 'withdrawn' }>
  /** it is a repeat by a rule, together with these; replaces what was found by the same rule before. */
  | DomainEvent<
      'RepeatFound',
      {
        readonly rule: string;
        readonly cases: readonly string[];
        readonly complainants: number;
        readonly source: string;
      }
    >
  /** by that rule it is one no more; what rested on it falls. */
  | DomainEvent<'RepeatWithdrawn', { readonly rule: string }>
  /** a person says that it is not the same. */
  | DomainEvent<'RepeatDismissed', { readonly rule: string; readonly otherCaseId: string; readonly reasonCode: string }>
  /** C-1: how the customer in whose file the complainant was found stands; without an id it is nobody's case any more. */
  | DomainEvent<'CustomerStandingRecorded', CustomerStanding>
  /** a recorded decision moves the case to another version of the rules, which rules from here on. */
  | DomainEvent<
      'CaseMovedToPolicy',
      { readonly pack: string; readonly version: string; readonly from: PolicyOf },
      'reason'
    >;
