import type { CaseKind, Channel, Phase, Severity } from '#cases';
import type { Instant } from '#kernel';
import type { IndexShape, TableShape } from '#sql';

/** One row per case. Booleans are 0 and 1. */
export type BoardRow = {
  readonly case_id: string;
  /** The position of the case's first event: short, distinct, rising with the order of arrival. */
  readonly case_no: number;
  readonly kind: CaseKind;
  readonly phase: Phase | 'none';
  readonly severity: Severity;
  readonly severity_rank: number;
  readonly category: string | null;
  readonly unit: string | null;
  readonly owner: string | null;
  readonly channel: Channel | null;
  readonly persons: number;
  readonly subject: string | null;
  readonly excerpt: string | null;
  readonly complainant: string | null;
  readonly external_reference: string | null;
  /** When it happened and when it was recorded (I-3). */
  readonly received_at: Instant | null;
  readonly recorded_at: Instant;
  readonly updated_at: Instant;
  /** JSON: `[dueAt, clock, run]` of every running clock, promises included, the earliest first. */
  readonly running: string;
  readonly next_due_at: Instant | null;
  readonly next_due_clock: string | null;
  readonly missed_count: number;
  /** JSON: `clock#run` of what was missed and has not been done since. */
  readonly owed: string;
  /** Something is owed and the case is still being worked on. */
  readonly broken: number;
  /** JSON, `clock#run` each: what stands still; what was ever warned of; what leans on holidays not published yet. */
  readonly paused: string;
  readonly warned: string;
  readonly provisional: string;
  readonly reopen_count: number;
  /** JSON: `[escalationId, level, recipients]` of the escalations that nobody has acknowledged (E-1). */
  readonly escalations: string;
  readonly escalated: number;
  /** JSON: the rules by which it is a repeat, and whether there is any. */
  readonly repeats: string;
  readonly repeated: number;
  /** The version of the pack that rules it. */
  readonly pack: string;
  readonly pack_version: string;
  /** Who took it in. */
  readonly receiver: string | null;
  readonly historical: number;
  readonly taken_over: number;
  /** Somebody else wrote into the stream (EVENTS.md 3). */
  readonly foreign_events: number;
  readonly last_revision: number;
  readonly last_position: number;
};

/** The searchable words of a case, normalised (see terms.ts). */
export type CaseTextRow = { readonly case_id: string; readonly case_no: number; readonly text: string };
export type CaseTermRow = { readonly term: string; readonly case_no: number };

export const SORTS = {
  nextDue: 'next_due_at',
  received: 'received_at',
  updated: 'updated_at',
  severity: 'severity_rank',
} as const;
export type BoardSort = keyof typeof SORTS;

export const FILTER_COLUMNS = ['phase', 'severity', 'category', 'unit', 'owner', 'channel', 'kind'] as const;
export type FilterColumn = (typeof FILTER_COLUMNS)[number];

/** Every filter with every sort has its index, so that a page is read and not sorted, whatever it shows. */
function boardIndexes(): IndexShape[] {
  const sorts = Object.values(SORTS);
  return [
    { columns: ['case_no'], unique: true },
    { columns: ['external_reference'], exact: true, where: { column: 'external_reference', is: 'not null' } },
    ...sorts.map((sort) => ({ columns: [sort, 'case_no'] })),
    ...FILTER_COLUMNS.flatMap((filter) => sorts.map((sort) => ({ columns: [filter, sort, 'case_no'] }))),
    ...['broken', 'repeated'].flatMap((column) =>
      sorts.map((sort) => ({ columns: [sort, 'case_no'], where: { column, is: 1 } as const })),
    ),
  ];
}

export const BOARD: TableShape<BoardRow> = {
  name: 'case_board',
  columns: {
    case_id: 'text',
    case_no: 'integer',
    kind: 'text',
    phase: 'text',
    severity: 'text',
    severity_rank: 'integer',
    category: 'text',
    unit: 'text',
    owner: 'text',
    channel: 'text',
    persons: 'integer',
    subject: 'text',
    excerpt: 'text',
    complainant: 'text',
    external_reference: 'text',
    received_at: 'text',
    recorded_at: 'text',
    updated_at: 'text',
    running: 'text',
    next_due_at: 'text',
    next_due_clock: 'text',
    missed_count: 'integer',
    owed: 'text',
    broken: 'integer',
    paused: 'text',
    warned: 'text',
    provisional: 'text',
    reopen_count: 'integer',
    escalations: 'text',
    escalated: 'integer',
    repeats: 'text',
    repeated: 'integer',
    pack: 'text',
    pack_version: 'text',
    receiver: 'text',
    historical: 'integer',
    taken_over: 'integer',
    foreign_events: 'integer',
    last_revision: 'integer',
    last_position: 'integer',
  },
  key: ['case_id'],
  indexes: boardIndexes(),
};

export const CASE_TEXT: TableShape<CaseTextRow> = {
  name: 'case_text',
  columns: { case_id: 'text', case_no: 'integer', text: 'text' },
  key: ['case_id'],
  indexes: [],
};

export const CASE_TERM: TableShape<CaseTermRow> = {
  name: 'case_term',
  columns: { term: 'text', case_no: 'integer' },
  key: ['term', 'case_no'],
  heap: true,
  indexes: [{ columns: ['term', 'case_no'], unique: true }],
};
