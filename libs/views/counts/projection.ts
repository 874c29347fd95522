import type { CaseEvent } from '#cases';
import { reduce, type ProjectedEvent, type Projection, type Reducers, type RowSet } from '#sql';
import { COUNT, COUNTED_CASE, DIMENSIONS, type CountedCaseRow, type CountRow, type Dimension } from './tables.js';

const REDUCERS: Reducers<CountedCaseRow, CaseEvent> = {
  CaseReceived: (row, { data }) => ({ ...row, phase: 'received', unit: data.unit ?? row.unit }),
  CaseDeclined: (row) => ({ ...row, phase: 'declined' }),
  CaseAccepted: (row) => ({ ...row, phase: 'handling' }),
  CaseAssigned: (row, { data }) => ({ ...row, unit: data.unit }),
  CaseTransferred: (row, { data }) => ({ ...row, unit: data.unit }),
  SeverityRaised: (row, { data }) => ({ ...row, severity: data.to }),
  SeverityLowered: (row, { data }) => ({ ...row, severity: data.to }),
  WaitingStarted: (row) => ({ ...row, phase: 'waiting' }),
  WaitingEnded: (row) => (row.phase === 'waiting' ? { ...row, phase: 'handling' } : row),
  CaseResolved: (row) => ({ ...row, phase: 'resolved' }),
  CaseReopened: (row, { data }) => ({ ...row, phase: data.to }),
  CaseClosed: (row) => ({ ...row, phase: 'closed' }),
  CaseArchived: (row) => ({ ...row, phase: 'archived' }),
  CaseWithdrawn: (row) => ({ ...row, phase: 'withdrawn' }),
};

/** How many cases are there, by phase, severity and unit? Totals: an event that cannot be counted stops it, loudly. */
export const countsProjection: Projection = {
  name: 'counts',
  version: 1,
  partition: 'all',
  category: 'case',
  opens: {},
  tables: [
    { kind: 'rows', shape: COUNTED_CASE, of: 'subject' },
    { kind: 'rows', shape: COUNT, of: 'all' },
  ],
  fold(event: ProjectedEvent, tables) {
    const cases = tables.rows(COUNTED_CASE);
    const before = cases.get();
    const after = reduce(REDUCERS, before ?? uncounted(event), event);
    if (after === before) return;
    cases.put(after);
    const totals = tables.rows(COUNT);
    for (const dimension of DIMENSIONS) {
      const from = before && valueIn(before, dimension);
      const to = valueIn(after, dimension);
      if (from === to) continue;
      if (from !== undefined) add(totals, dimension, from, -1);
      add(totals, dimension, to, 1);
    }
  },
};

const uncounted = ({ subject }: ProjectedEvent): CountedCaseRow => ({
  case_id: subject,
  phase: 'none',
  severity: 'general',
  unit: '',
});

const valueIn = (row: CountedCaseRow, dimension: Dimension): string => (dimension === 'all' ? '' : row[dimension]);

function add(totals: RowSet<CountRow>, dimension: Dimension, value: string, cases: number): void {
  const row = totals.get(dimension, value) ?? { dimension, value, cases: 0 };
  const left = { ...row, cases: row.cases + cases };
  if (left.cases === 0) totals.remove(left);
  else totals.put(left);
}
