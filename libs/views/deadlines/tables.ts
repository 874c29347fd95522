import type { Severity } from '#cases';
import type { Instant } from '#kernel';
import type { TableShape } from '#sql';

export const DEADLINE_STATES = ['running', 'paused', 'met', 'missed', 'cancelled'] as const;
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
  /** JSON: `[at, percent]` of the warnings that are still to come, the earliest first. */
  readonly warnings: string;
  /** The highest percentage it was warned of. */
  readonly warned_percent: number | null;
  /** When a timer must look: the next warning, else the due instant; null where nothing runs. */
  readonly wake_at: Instant | null;
  /** K-10: it reaches a year whose public holidays are not published yet. */
  readonly provisional: number;
  readonly met_at: Instant | null;
  /** When what was missed was done all the same. */
  readonly fulfilled_at: Instant | null;
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
    warnings: 'text',
    warned_percent: 'integer',
    wake_at: 'text',
    provisional: 'integer',
    met_at: 'text',
    fulfilled_at: 'text',
    corrected_from: 'text',
    correction_cause: 'text',
    unit: 'text',
    owner: 'text',
    severity: 'text',
    asleep: 'integer',
  },
  key: ['case_id', 'clock', 'run'],
  indexes: [
    ...LEADS.map((lead) => ({ columns: ['state', ...lead, 'due_at', 'seq'] })),
    { columns: ['asleep', 'wake_at', 'seq'], where: { column: 'wake_at', is: 'not null' } },
    { columns: ['case_id'], where: { column: 'provisional', is: 1 } },
  ],
};

export const DEADLINE_CASE: TableShape<DeadlineCaseRow> = {
  name: 'deadline_case',
  columns: { case_id: 'text', unit: 'text', owner: 'text', severity: 'text', asleep: 'integer' },
  key: ['case_id'],
  indexes: [],
};
