import type { Severity } from '#cases';
import type { Instant } from '#kernel';
import type { TableShape } from '#sql';

export const DEADLINE_STATES = ['running', 'met', 'missed', 'cancelled'] as const;
export type DeadlineState = (typeof DEADLINE_STATES)[number];

/** One row per run of a clock; a promise is a run of the clock `promise` (K-3). */
export type DeadlineRow = {
  readonly case_id: string;
  readonly clock: string;
  /** Of a promise: which of the case's promises it is, counted from 1. */
  readonly run: number;
  /** The position of the event that set it: orders what is due at one instant. */
  readonly seq: number;
  readonly promise_id: string | null;
  readonly starts_at: Instant;
  readonly due_at: Instant;
  readonly budget: string;
  readonly source: string;
  readonly state: DeadlineState;
  readonly met_at: Instant | null;
  /** What the verdict was before it was corrected, and why (EVENTS.md 16). */
  readonly corrected_from: DeadlineState | null;
  readonly correction_cause: string | null;
  readonly unit: string | null;
  readonly owner: string | null;
  readonly severity: Severity;
  /** Imported history that nobody has taken over: no timer waits for it (EVENTS.md 18). */
  readonly asleep: number;
};

/** What the deadlines of a case have in common. */
export type DeadlineCaseRow = {
  readonly case_id: string;
  readonly unit: string | null;
  readonly owner: string | null;
  readonly severity: Severity;
  readonly asleep: number;
};

const LEADS = [[], ['clock'], ['unit'], ['owner'], ['severity'], ['asleep']] as const;

export const DEADLINE: TableShape<DeadlineRow> = {
  name: 'deadline',
  columns: {
    case_id: 'text',
    clock: 'text',
    run: 'integer',
    seq: 'integer',
    promise_id: 'text',
    starts_at: 'text',
    due_at: 'text',
    budget: 'text',
    source: 'text',
    state: 'text',
    met_at: 'text',
    corrected_from: 'text',
    correction_cause: 'text',
    unit: 'text',
    owner: 'text',
    severity: 'text',
    asleep: 'integer',
  },
  key: ['case_id', 'clock', 'run'],
  indexes: LEADS.map((lead) => ({ columns: ['state', ...lead, 'due_at', 'seq'] })),
};

export const DEADLINE_CASE: TableShape<DeadlineCaseRow> = {
  name: 'deadline_case',
  columns: { case_id: 'text', unit: 'text', owner: 'text', severity: 'text', asleep: 'integer' },
  key: ['case_id'],
  indexes: [],
};
