import type { Instant } from '#kernel';
import type { CaseKind, Channel, Circumstance, Outcome, Phase, Severity } from './vocabulary.js';

/** One row or entry of a source's history, in the order of the source. Texts as the source wrote them. */
export interface HistoricalEntry {
  readonly at: Instant;
  /** Line of the file, the first is 1. */
  readonly line?: number;
  readonly state?: string;
  readonly subState?: string;
  /** What the mapping makes of the states. */
  readonly phase?: Phase;
  readonly waitingFor?: 'customer' | 'third_party';
  readonly unit?: string;
  /** An id or a code, never a name: it stays readable in the log (EVENTS.md 6). */
  readonly owner?: string;
  readonly outcome?: Outcome;
  readonly severity?: Severity;
  readonly category?: string;
  /** A verdict the source states, kept beside the engine's own. */
  readonly statedVerdict?: string;
  /** The complainant was answered at this instant. */
  readonly replied?: boolean;
  /** Free text; sealed in the log. */
  readonly text?: string;
}

/** A case as a source tells it, ready for the command `ImportHistory`. Optional fields are left out where unknown. */
export interface HistoricalCase {
  /** What makes it one case in its source. The case's id is derived from it and `source` (EVENTS.md 2). */
  readonly sourceKey: string;
  readonly source: string;
  /** Name and version of the mapping that read it. */
  readonly mapping: string;
  readonly kind: CaseKind;
  readonly channel: Channel;
  readonly category?: string;
  readonly unit?: string;
  readonly persons: number;
  readonly circumstances: readonly Circumstance[];
  readonly openedAt: Instant;
  readonly subject?: string;
  readonly content?: string;
  readonly complainant?: {
    readonly name?: string;
    readonly phone?: string;
    readonly email?: string;
    readonly address?: string;
    /** By which the source knows them. */
    readonly reference?: string;
  };
  /** Fields of packs, by id. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly externalReference?: string;
  readonly targetAt?: Instant;
  /** The cut-over (EVENTS.md 18). */
  readonly takenOverAt: Instant;
  readonly entries: readonly HistoricalEntry[];
}

/** Something in a file that does not become a case, or not part of one. Carries nothing of the row but its key. */
export interface RejectedRow {
  /** Where the row begins, the first line is 1. */
  readonly line: number;
  /** Upper snake case, stable. */
  readonly code: string;
  readonly reason: string;
  readonly key?: string;
}

export type HistoryItem =
  | { readonly kind: 'case'; readonly case: HistoricalCase; readonly line: number }
  | { readonly kind: 'rejected'; readonly rejected: RejectedRow };
