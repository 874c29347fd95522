import type { Instant } from '#kernel';
import type { TableShape } from '#sql';

/** One row per run of a clock that was missed and per person, unit or post that owed it. */
export type AssessmentRow = {
  readonly case_id: string;
  readonly clock: string;
  readonly run: number;
  /** Who should have done it, as it was on record by the due instant; '' where nothing says. */
  readonly owed_by: string;
  /** The position of the verdict. */
  readonly seq: number;
  /** The unit that had the case then, '' where none had. */
  readonly unit: string;
  readonly due_at: Instant;
  /** When it was done all the same. */
  readonly fulfilled_at: Instant | null;
  /** 1 in one row of each run: what counts runs counts these. */
  readonly leads: number;
};

/** What must be known of a case to say who owed what. */
export type AssessmentCaseRow = {
  readonly case_id: string;
  readonly unit: string | null;
  readonly owner: string | null;
  /** JSON: who was called in by each escalation, in order; a run of the escalation clock is the escalation of that number. */
  readonly called: string;
};

export const ASSESSMENT: TableShape<AssessmentRow> = {
  name: 'assessment',
  columns: {
    case_id: 'text',
    clock: 'text',
    run: 'integer',
    owed_by: 'text',
    seq: 'integer',
    unit: 'text',
    due_at: 'text',
    fulfilled_at: 'text',
    leads: 'integer',
  },
  key: ['case_id', 'clock', 'run', 'owed_by'],
  indexes: [[], ['owed_by'], ['unit']].map((lead) => ({
    columns: [...new Set([...lead, 'due_at', 'seq', 'owed_by'])],
  })),
};

export const ASSESSMENT_CASE: TableShape<AssessmentCaseRow> = {
  name: 'assessment_case',
  columns: { case_id: 'text', unit: 'text', owner: 'text', called: 'text' },
  key: ['case_id'],
  indexes: [],
};
