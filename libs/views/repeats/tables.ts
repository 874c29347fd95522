import type { Instant } from '#kernel';
import type { TableShape } from '#sql';

/** What is known of a case for matching. Personal words stand here as keyed hashes only. Booleans are 0 and 1. */
export type RepeatCaseRow = {
  readonly case_id: string;
  /** The pack and the version of it that rules the case now. */
  readonly pack: string;
  readonly version: string;
  /** JSON, see `Compared`. */
  readonly compared: string;
  /** When it happened. */
  readonly at: Instant;
  /** Withdrawn or declined: it does not count (S-1). */
  readonly void: number;
  /** JSON: from and up to which instants it stood handled to its end. */
  readonly handled: string;
  /** JSON: by rule, the cases and the number of complainants on record (RepeatFound). */
  readonly recorded: string;
  /** JSON: `[rule, other case]` of what a person dismissed. */
  readonly dismissed: string;
  /** Imported: where all of a match is, nothing of it is sent (EVENTS.md 18). */
  readonly historical: number;
  /** The complainant was erased: what was found with them stays on record. */
  readonly erased: number;
};

/** A case by all that makes it the same with others. */
export type RepeatKeyRow = {
  readonly case_id: string;
  readonly sameness: string;
  readonly hash: string;
  readonly at: Instant;
  readonly counted: number;
  readonly complainant: string | null;
  /** Null where no rule asks for it. */
  readonly handled: string | null;
};

/** Where the cases of a key may match otherwise from this position of the log on. */
export type RepeatChangeRow = {
  readonly seq: number;
  readonly sameness: string;
  readonly hash: string;
  readonly at: Instant;
  readonly case_id: string;
};

export const REPEAT_CASE: TableShape<RepeatCaseRow> = {
  name: 'repeat_case',
  columns: {
    case_id: 'text',
    pack: 'text',
    version: 'text',
    compared: 'text',
    at: 'text',
    void: 'integer',
    handled: 'text',
    recorded: 'text',
    dismissed: 'text',
    historical: 'integer',
    erased: 'integer',
  },
  key: ['case_id'],
  indexes: [],
};

export const REPEAT_KEY: TableShape<RepeatKeyRow> = {
  name: 'repeat_key',
  columns: {
    case_id: 'text',
    sameness: 'text',
    hash: 'text',
    at: 'text',
    counted: 'integer',
    complainant: 'text',
    handled: 'text',
  },
  key: ['case_id', 'sameness'],
  // All of a row: a match is read from the index alone.
  indexes: [
    {
      columns: ['sameness', 'hash', 'at', 'case_id', 'complainant', 'handled'],
      where: { column: 'counted', is: 1 },
    },
  ],
};

export const REPEAT_CHANGE: TableShape<RepeatChangeRow> = {
  name: 'repeat_change',
  columns: { seq: 'integer', sameness: 'text', hash: 'text', at: 'text', case_id: 'text' },
  key: ['seq', 'sameness', 'hash', 'at'],
  indexes: [{ columns: ['case_id'] }],
};
