import type { Phase, Severity } from '#cases';
import type { TableShape } from '#sql';

export const DIMENSIONS = ['all', 'phase', 'severity', 'unit'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** How many cases have a value. `unit` '' are the cases that no unit has. */
export type CountRow = { readonly dimension: Dimension; readonly value: string; readonly cases: number };

/** As what each case was counted, so that it can be counted otherwise. */
export type CountedCaseRow = {
  readonly case_id: string;
  readonly phase: Phase | 'none';
  readonly severity: Severity;
  readonly unit: string;
};

export const COUNT: TableShape<CountRow> = {
  name: 'case_count',
  columns: { dimension: 'text', value: 'text', cases: 'integer' },
  key: ['dimension', 'value'],
  indexes: [],
};

export const COUNTED_CASE: TableShape<CountedCaseRow> = {
  name: 'counted_case',
  columns: { case_id: 'text', phase: 'text', severity: 'text', unit: 'text' },
  key: ['case_id'],
  indexes: [],
};
