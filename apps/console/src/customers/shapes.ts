import type { CaseKind, Instant, Label, Personal, Phase, Severity } from '../http/shapes.ts';

/** A row of the list of customers. */
export interface CustomerRow {
  readonly customerId: string;
  readonly name: Personal | string | null;
  readonly phone: Personal | string | null;
  readonly unit: string | null;
  readonly tier: string | null;
  readonly qualityGrounds: readonly string[];
  readonly special: boolean;
  readonly fileOverdue: boolean;
  readonly erased: boolean;
  readonly registeredAt: Instant;
}

export interface CustomerVisit {
  readonly visitId: string;
  readonly visit: string;
  readonly label: Label | null;
  readonly opensAt: Instant;
  readonly state: string;
}

/** C-2: until when a superior is to review the file. */
export interface FileDuty {
  readonly dutyId: string;
  readonly duty: string;
  readonly label: Label | null;
  readonly dueAt: Instant;
  readonly state: string;
  readonly missed: boolean;
}

export interface CustomerCase {
  readonly caseId: string;
  readonly ref: string;
  readonly kind: CaseKind;
  readonly phase: Phase;
  readonly severity: Severity;
  readonly subject: Personal | string | null;
  readonly receivedAt: Instant | null;
  readonly verified: boolean;
}

/** A customer's file as the API gives it. */
export interface CustomerShown {
  readonly customerId: string;
  readonly etag: string;
  readonly unit?: string;
  readonly consent?: string;
  readonly registeredAt: Instant;
  readonly reviewed?: { readonly by: string; readonly at: Instant };
  readonly erased?: true;
  readonly details?: Personal;
  readonly tier?: string;
  readonly tierLabel: Label | null;
  readonly quality: readonly { readonly ground: string; readonly label: Label | null }[];
  readonly special: boolean;
  readonly specialGroups?: Personal;
  readonly milestones: readonly {
    readonly milestoneId: string;
    readonly milestone: string;
    readonly label: Label | null;
    readonly reachedAt: Instant;
    readonly withdrawn: boolean;
  }[];
  readonly contacts: readonly { readonly contactId: string; readonly details: Personal }[];
  readonly liaisons: readonly { readonly id: string; readonly name?: string }[];
  readonly visits: readonly CustomerVisit[];
  readonly duties: readonly FileDuty[];
  readonly notes: readonly { readonly noteId: string; readonly at: Instant; readonly text: Personal }[];
  readonly cases: {
    readonly items: readonly CustomerCase[];
    readonly byPhase: Readonly<Partial<Record<Phase, number>>>;
    readonly total: number;
  };
}
