import { ESCALATION_CLOCK, type CaseEvent, type ClockOf } from '#cases/domain';
import { reduce, type Projected, type Projection, type Reducers, type RowSet } from '#sql';
import { ASSESSMENT, ASSESSMENT_CASE, type AssessmentCaseRow, type AssessmentRow } from './tables.js';

const CASE_REDUCERS: Reducers<AssessmentCaseRow, CaseEvent> = {
  CaseReceived: (row, { data }) => ({ ...row, unit: data.unit ?? row.unit }),
  CaseAssigned: (row, { data }) => ({ ...row, unit: data.unit, owner: data.owner ?? null }),
  CaseTransferred: (row, { data }) => ({ ...row, unit: data.unit, owner: data.owner ?? null }),
  HandlerRecused: (row, { data }) => (row.owner === data.person ? { ...row, owner: null } : row),
  CaseEscalated: (row, { data }) => ({ ...row, called: JSON.stringify([...calledIn(row), data.recipients]) }),
};

/** O-3, M-2: who was late, and with what? What was late before the take-over is history, and nobody is called to account for it. */
export const assessmentProjection: Projection = {
  name: 'assessment',
  version: 1,
  partition: 'subject',
  category: 'case',
  opens: {},
  tables: [
    { kind: 'rows', shape: ASSESSMENT_CASE, of: 'subject' },
    { kind: 'rows', shape: ASSESSMENT, of: 'subject' },
  ],
  fold(event, tables) {
    const cases = tables.rows(ASSESSMENT_CASE);
    const before = cases.get() ?? { case_id: event.subject, unit: null, owner: null, called: '[]' };
    const after = reduce(CASE_REDUCERS, before, event);
    cases.put(after);
    if (event.meta.historical !== true) applyTo(tables.rows(ASSESSMENT), event as Projected<CaseEvent>, after);
  },
};

function applyTo(missed: RowSet<AssessmentRow>, event: Projected<CaseEvent>, of: AssessmentCaseRow): void {
  const { position: seq } = event;
  switch (event.type) {
    case 'DeadlineMissed': {
      const { owedBy = owedIn(of, event.data), ...run } = event.data;
      return add(missed, run, { owedBy, of, seq });
    }
    case 'DeadlineFulfilledLate':
      for (const row of rowsOf(missed, event.data)) missed.put({ ...row, fulfilled_at: event.data.doneAt });
      return;
    case 'VerdictCorrected': {
      // The verdict that is replaced takes with it what it said of anybody (EVENTS.md 16).
      for (const row of rowsOf(missed, event.data)) missed.remove(row);
      if (event.data.to === 'missed') add(missed, event.data, { owedBy: owedIn(of, event.data), of, seq });
      return;
    }
    default:
      return;
  }
}

interface Owed {
  readonly owedBy: readonly string[];
  readonly of: AssessmentCaseRow;
  readonly seq: number;
}

function add(
  missed: RowSet<AssessmentRow>,
  { clock, run, dueAt }: ClockOf & { readonly dueAt: string },
  { owedBy, of, seq }: Owed,
): void {
  const common = { case_id: of.case_id, clock, run, seq, unit: of.unit ?? '', due_at: dueAt, fulfilled_at: null };
  const all = owedBy.length === 0 ? [''] : [...new Set(owedBy)];
  for (const [index, owed_by] of all.entries()) missed.put({ ...common, owed_by, leads: index === 0 ? 1 : 0 });
}

/** Where the pack does not say who owes it: those who were called in and did not acknowledge, else who has the case. */
function owedIn(row: AssessmentCaseRow, { clock, run }: ClockOf): readonly string[] {
  if (clock === ESCALATION_CLOCK) return calledIn(row)[run - 1] ?? [];
  const holder = row.owner ?? row.unit;
  return holder === null ? [] : [holder];
}

const calledIn = ({ called }: AssessmentCaseRow): readonly (readonly string[])[] =>
  JSON.parse(called) as readonly (readonly string[])[];

const rowsOf = (missed: RowSet<AssessmentRow>, { clock, run }: ClockOf): readonly AssessmentRow[] =>
  missed.all().filter((row) => row.clock === clock && row.run === run);
