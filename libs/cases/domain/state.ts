import type { Instant } from '#kernel';
import type {
  CaseEvent,
  CaseKind,
  Channel,
  Circumstance,
  Due,
  FieldValues,
  Ground,
  Justification,
  LinkRelation,
  CustomerStanding,
  OpenedFrom,
  Outcome,
  Party,
  PolicyOf,
  Ruling,
  Severity,
  Verdict,
} from './events.js';

export type WaitingFor = Extract<CaseEvent, { type: 'WaitingStarted' }>['data']['waitingFor'];
export type CountsFrom = Extract<CaseEvent, { type: 'DeadlineSet' }>['data']['countsFrom'];
export type PassedOnTo = Extract<CaseEvent, { type: 'CasePassedOn' }>['data']['to'];

/** One run of a clock. Running until it has a verdict; a later event of the log holds over an earlier one (EVENTS.md 16). */
export interface ClockRun extends Due {
  readonly clock: string;
  readonly run: number;
  readonly countsFrom: CountsFrom;
  readonly startsAt: Instant;
  readonly source: string;
  readonly state: 'running' | 'paused' | Verdict;
  /** What it does not run in. The last one is open while it is paused. */
  readonly pauses: readonly RunPause[];
  /** The percentages of which it was warned. */
  readonly warned: readonly number[];
  /** When it was met or cancelled, in the time in which things happened. */
  readonly endedAt?: Instant;
  /** When what was missed was done all the same. */
  readonly fulfilledAt?: Instant;
  /** The event that started it, where it falls with that one. */
  readonly cause?: string;
  /** The run it goes on with. */
  readonly continues?: number;
  /** When that which started it happened: nothing earlier ends a further run. */
  readonly begunAt: Instant;
  /** When its due instant came to be known: what follows from missing it counts from no earlier instant. */
  readonly knownAt: Instant;
  /** The revision of the event that gave the due instant. */
  readonly dueBy: number;
  /** Revision and id of the event that gave the verdict. */
  readonly ruledBy: number;
  readonly ruling?: string;
}

/** Counted from 1 within the run; 0 for what a continued run brought along. */
export interface RunPause {
  readonly number: number;
  readonly from: Instant;
  readonly to?: Instant;
}

export interface PromiseState {
  readonly promiseId: string;
  readonly dueAt: Instant;
  /** `broken` is still owed: it can be kept late. `lapsed` where the case was declined or withdrawn. */
  readonly state: 'open' | 'kept' | 'broken' | 'lapsed';
}

export interface PlanState {
  readonly planId: string;
  readonly owner?: string;
  readonly dueAt?: Instant;
  readonly state: 'proposed' | 'accepted' | 'rejected';
  /** How often the case had been reopened by then: a plan is agreed to for one handling. */
  readonly round: number;
}

export interface CompensationState {
  readonly compensationId: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly proposedBy: string;
  readonly ruling: Ruling;
  readonly state: 'proposed' | 'approved' | 'declined';
}

export interface EscalationState {
  readonly escalationId: string;
  readonly level: number;
  readonly recipients: readonly string[];
  readonly chain?: string;
  readonly cause?: string;
  readonly ground?: string;
  /**
   * E-1: it ends when it is acknowledged or the case is resolved; `passed_up` where nobody acknowledged it in time and the
   * next level was called in; `withdrawn` where its reason fell.
   */
  readonly state: 'open' | 'acknowledged' | 'ended' | 'passed_up' | 'withdrawn';
}

/** Section 12: a form as it was filled, without its personal words. */
export interface FilledForm {
  readonly formId: string;
  readonly form: string;
  readonly values: FieldValues;
  readonly by: string;
  readonly at: Instant;
  /** How often the case had been reopened by then. */
  readonly round: number;
}

/** H-7: a work contact sheet or nonconformity; it is a case of its own under the same id. */
export interface SheetState {
  readonly sheetId: string;
  readonly kind: 'work_sheet' | 'nonconformity';
  readonly unit: string;
  readonly state: 'open' | 'done' | 'declined' | 'withdrawn';
}

/** the other cases it is a repeat with, by a rule of the pack. */
export interface RepeatState {
  readonly rule: string;
  readonly cases: readonly string[];
  readonly complainants: number;
  readonly source: string;
}

export interface VisitState {
  readonly at: Instant;
  readonly channel: Channel;
  readonly reached: boolean;
  readonly satisfied?: boolean;
  readonly score?: number;
  /** How often the case had been reopened by then: a visit counts for the handling it followed. */
  readonly round: number;
}

export interface LinkState {
  readonly linkId: string;
  readonly otherCaseId: string;
  readonly relation: LinkRelation;
}

export interface AttachmentState {
  readonly attachmentId: string;
  readonly keyId: string;
  readonly ciphertextSha256: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
}

/** A free text: its key, and the parties whose erasure destroys it (EVENTS.md 7). */
export interface TextKey {
  readonly keyId: string;
  readonly mentions: readonly string[];
}

/** What a case is, whatever phase it is in. Without a personal word: names and texts stay sealed in the events. */
export interface CaseFacts {
  /** The name of the stream, `case-<id>`. */
  readonly stream?: string;
  /** Which version of which pack rules it: the one it was opened under, until it is moved (A-7, EVENTS.md 18). */
  readonly policy?: PolicyOf;
  readonly kind: CaseKind;
  readonly channel?: Channel;
  readonly receivedAt?: Instant;
  readonly recordedAt?: Instant;
  readonly acceptedAt?: Instant;
  /** Who recorded the receipt. */
  readonly receivedBy?: string;
  readonly parties: readonly Party[];
  readonly persons: number;
  readonly category?: string;
  readonly circumstances: readonly Circumstance[];
  /** Per fact that severity rules ask about, the id of the event that stated it last (S-3). */
  readonly evidence: Readonly<Record<string, string>>;
  readonly unit?: string;
  readonly owner?: string;
  readonly severity: Severity;
  readonly grounds: readonly Ground[];
  readonly clocks: readonly ClockRun[];
  readonly promises: readonly PromiseState[];
  readonly plans: readonly PlanState[];
  readonly compensations: readonly CompensationState[];
  readonly escalations: readonly EscalationState[];
  readonly steps: readonly string[];
  readonly recused: readonly string[];
  readonly links: readonly LinkState[];
  readonly attachments: readonly AttachmentState[];
  readonly texts: readonly TextKey[];
  readonly visits: readonly VisitState[];
  /** How often handling was taken up again after an end (H-9). */
  readonly reopenCount: number;
  /** How often a closed case went back to being resolved, without new handling. */
  readonly unclosedCount: number;
  readonly answeredAtOnce: boolean;
  readonly acknowledged: boolean;
  readonly replied: boolean;
  readonly notified: boolean;
  readonly notifiedInWriting: boolean;
  readonly fields: FieldValues;
  /** The names of all that is known (I-2), what was waived among them. */
  readonly given: readonly string[];
  readonly waived: readonly string[];
  readonly against: readonly string[];
  readonly firstReceiver?: string;
  readonly openedFrom?: OpenedFrom;
  /** C-1: the customer in whose file the complainant was found, as they stood when it was last told. */
  readonly customer?: CustomerStanding;
  readonly priority?: { readonly priority: string; readonly rule: string; readonly source: string };
  readonly forms: readonly FilledForm[];
  readonly analysed: boolean;
  readonly sheets: readonly SheetState[];
  readonly repeats: readonly RepeatState[];
  readonly dismissed: readonly { readonly rule: string; readonly otherCaseId: string }[];
  readonly opinion?: { readonly satisfied: boolean; readonly score?: number };
  readonly justification?: Justification;
  readonly passedOnTo?: PassedOnTo;
  readonly papersFiledWith?: string;
  readonly verified: Readonly<Record<string, 'verified' | 'not_found' | 'mismatch'>>;
  /** By party, the customer file in which they were found (I-4). */
  readonly files: Readonly<Record<string, string>>;
  readonly historical: boolean;
  readonly takenOverAt?: Instant;
  readonly erasedParties: readonly string[];
  readonly erasedKeys: readonly string[];
}

/** Where a case stands in its life, with what only that phase knows. `none`: nothing has been received. */
export type Life =
  | { readonly phase: 'none' }
  | { readonly phase: 'received' }
  | { readonly phase: 'handling' }
  | { readonly phase: 'waiting'; readonly waitingFor: WaitingFor }
  | { readonly phase: 'resolved'; readonly outcome?: Outcome }
  | { readonly phase: 'closed'; readonly outcome?: Outcome }
  | { readonly phase: 'archived'; readonly year: number }
  | { readonly phase: 'declined'; readonly reasonCode: string }
  | { readonly phase: 'withdrawn'; readonly reasonCode: string };

export type CasePhase = Life['phase'];
export type CaseState = CaseFacts & Life;
export type CaseIn<P extends CasePhase> = Extract<CaseState, { readonly phase: P }>;

export const initialCase: CaseState = {
  phase: 'none',
  kind: 'complaint',
  parties: [],
  persons: 1,
  circumstances: [],
  evidence: {},
  severity: 'general',
  grounds: [],
  clocks: [],
  promises: [],
  plans: [],
  compensations: [],
  escalations: [],
  steps: [],
  recused: [],
  links: [],
  attachments: [],
  texts: [],
  visits: [],
  reopenCount: 0,
  unclosedCount: 0,
  answeredAtOnce: false,
  acknowledged: false,
  replied: false,
  notified: false,
  notifiedInWriting: false,
  fields: {},
  given: [],
  waived: [],
  against: [],
  forms: [],
  analysed: false,
  sheets: [],
  repeats: [],
  dismissed: [],
  verified: {},
  files: {},
  historical: false,
  erasedParties: [],
  erasedKeys: [],
};

/** The complainant everything is about by default; a case received without a word about them has one all the same. */
export const mainComplainant = (state: CaseFacts): string | undefined =>
  state.parties.find(({ role }) => role === 'complainant')?.partyId;

/** The customer whose case it is: the one from whom it was opened (V-2), or in whose file the complainant was found. */
export function customerOf(state: CaseFacts): string | undefined {
  const { openedFrom, files } = state;
  if (openedFrom !== undefined && 'customerId' in openedFrom) return openedFrom.customerId;
  return files[mainComplainant(state) ?? ''];
}

/** The keys that go when the party is erased: their own, and those of every text that mentions them (EVENTS.md 7). */
export const keysOf = (state: CaseFacts, partyId: string): readonly string[] => [
  partyId,
  ...state.texts.filter(({ mentions }) => mentions.includes(partyId)).map(({ keyId }) => keyId),
];
