import type { CaseEvent, ClockOf, Due } from '#cases';
import { reduce, type Projected, type Projection, type Reducers, type RowSet } from '#sql';
import { DEADLINE, DEADLINE_CASE, type DeadlineCaseRow, type DeadlineRow, type DeadlineState } from './tables.js';

export const PROMISE_CLOCK = 'promise';

/** What all deadlines of a case take over from it. */
const CASE_REDUCERS: Reducers<DeadlineCaseRow, CaseEvent> = {
  CaseReceived: (row, { data, meta }) => ({
    ...row,
    unit: data.unit ?? row.unit,
    asleep: meta.historical === true ? 1 : row.asleep,
  }),
  CaseAssigned: (row, { data }) => ({ ...row, unit: data.unit, owner: data.owner ?? null }),
  CaseTransferred: (row, { data }) => ({ ...row, unit: data.unit, owner: data.owner ?? null }),
  HandlerRecused: (row, { data }) => (row.owner === data.person ? { ...row, owner: null } : row),
  SeverityRaised: (row, { data }) => ({ ...row, severity: data.to }),
  SeverityLowered: (row, { data }) => ({ ...row, severity: data.to }),
  HistoryImported: (row) => ({ ...row, asleep: 1 }),
  TakenOver: (row) => ({ ...row, asleep: 0 }),
};

/** Which deadlines are running, when do they break, and for whom? One row per clock run, promises included. */
export const deadlinesProjection: Projection = {
  name: 'deadlines',
  version: 2,
  partition: 'subject',
  category: 'case',
  opens: {},
  tables: [
    { kind: 'rows', shape: DEADLINE_CASE, of: 'subject' },
    { kind: 'rows', shape: DEADLINE, of: 'subject' },
  ],
  fold(event, tables) {
    const cases = tables.rows(DEADLINE_CASE);
    const before = cases.get() ?? { case_id: event.subject, unit: null, owner: null, severity: 'general', asleep: 0 };
    const after = reduce(CASE_REDUCERS, before, event);
    cases.put(after);
    const deadlines = tables.rows(DEADLINE);
    if (after !== before) {
      const { unit, owner, severity, asleep } = after;
      for (const row of deadlines.all()) deadlines.put({ ...row, unit, owner, severity, asleep });
    }
    applyTo(deadlines, event as Projected<CaseEvent>, after);
  },
};

function applyTo(deadlines: RowSet<DeadlineRow>, event: Projected<CaseEvent>, common: DeadlineCaseRow): void {
  const { position } = event;
  switch (event.type) {
    case 'DeadlineSet': {
      const { clock, run, startsAt, source } = event.data;
      const row = deadlines.get(clock, run) ?? begun(common, clock, run, position);
      return deadlines.put(due({ ...row, starts_at: startsAt, source }, event.data));
    }
    case 'DeadlineWarned': {
      const { percent } = event.data;
      return change(deadlines, event.data, (row) => {
        const ahead = warningsOf(row).filter(([, its]) => its !== percent);
        const warned_percent = Math.max(percent, row.warned_percent ?? 0);
        return woken({ ...row, warned_percent, warnings: JSON.stringify(ahead) });
      });
    }
    case 'ClockPaused':
      return change(deadlines, event.data, (row) =>
        row.state === 'running' ? woken({ ...row, state: 'paused' }) : row,
      );
    case 'ClockResumed':
      return change(deadlines, event.data, (row) =>
        due({ ...row, state: row.state === 'paused' ? 'running' : row.state }, event.data),
      );
    case 'DeadlineMoved':
      return change(deadlines, event.data, (row) => due({ ...row, starts_at: event.data.startsAt }, event.data));
    case 'DeadlineMet':
      return rule(deadlines, event.data, { state: 'met', met_at: event.data.metAt });
    case 'DeadlineMissed':
      return rule(deadlines, event.data, { state: 'missed' });
    case 'DeadlineFulfilledLate':
      return change(deadlines, event.data, (row) => ({ ...row, fulfilled_at: event.data.doneAt }));
    case 'DeadlineCancelled':
      return rule(deadlines, event.data, { state: 'cancelled' });
    case 'VerdictCorrected': {
      const { from, to, cause, metAt, paused } = event.data;
      return rule(deadlines, event.data, {
        state: to === 'running' && paused === true ? 'paused' : to,
        met_at: metAt ?? null,
        corrected_from: from,
        correction_cause: cause,
      });
    }
    case 'PromiseMade': {
      const run = deadlines.all().filter(({ clock }) => clock === PROMISE_CLOCK).length + 1;
      const { promiseId, dueAt } = event.data;
      const starts_at = event.meta.occurredAt;
      const row = begun(common, PROMISE_CLOCK, run, position);
      return deadlines.put(woken({ ...row, promise_id: promiseId, starts_at, due_at: dueAt, budget: 'given' }));
    }
    case 'PromiseKept':
      return keep(deadlines, event.data.promiseId, { state: 'met', met_at: event.meta.occurredAt });
    case 'PromiseBroken':
      return keep(deadlines, event.data.promiseId, { state: 'missed' });
    case 'CaseDeclined':
    case 'CaseWithdrawn':
      for (const row of deadlines.all()) {
        if (row.promise_id !== null && row.state === 'running') deadlines.put(woken({ ...row, state: 'cancelled' }));
      }
      return;
    default:
      return;
  }
}

type Ruling = { readonly state: DeadlineState } & Partial<
  Pick<DeadlineRow, 'met_at' | 'corrected_from' | 'correction_cause'>
>;

const rule = (deadlines: RowSet<DeadlineRow>, of: ClockOf, ruling: Ruling): void =>
  change(deadlines, of, (row) => woken({ ...row, ...ruling }));

function change(
  deadlines: RowSet<DeadlineRow>,
  { clock, run }: ClockOf,
  change: (row: DeadlineRow) => DeadlineRow,
): void {
  const row = deadlines.get(clock, run);
  if (row) deadlines.put(change(row));
}

/** A due instant with all that it rests on; warnings that were given are not given again. */
function due(row: DeadlineRow, { dueAt, budget, warnings = [], provisionalYears }: Due): DeadlineRow {
  const ahead = warnings
    .filter(({ percent }) => row.warned_percent === null || percent > row.warned_percent)
    .map(({ at, percent }) => [at, percent] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const provisional = provisionalYears === undefined ? 0 : 1;
  return woken({ ...row, due_at: dueAt, budget, provisional, warnings: JSON.stringify(ahead) });
}

const warningsOf = ({ warnings }: DeadlineRow): readonly (readonly [at: string, percent: number])[] =>
  JSON.parse(warnings) as [string, number][];

function woken(row: DeadlineRow): DeadlineRow {
  if (row.state !== 'running') return row.wake_at === null ? row : { ...row, wake_at: null };
  const [warning] = warningsOf(row);
  return { ...row, wake_at: warning !== undefined && warning[0] < row.due_at ? warning[0] : row.due_at };
}

/** A promise that was broken stays broken when it is kept late (K-3, K-7: one verdict per run). */
function keep(deadlines: RowSet<DeadlineRow>, promiseId: string, ruling: Ruling): void {
  const row = deadlines.all().find((it) => it.promise_id === promiseId);
  if (row?.state === 'running') deadlines.put(woken({ ...row, ...ruling }));
}

/** Written out: objects made of one literal are copied much faster than such as are put together. */
const begun = (common: DeadlineCaseRow, clock: string, run: number, position: number): DeadlineRow => ({
  case_id: common.case_id,
  clock,
  run,
  seq: position,
  promise_id: null,
  starts_at: '',
  due_at: '',
  budget: '',
  source: '',
  state: 'running',
  warnings: '[]',
  warned_percent: null,
  wake_at: null,
  provisional: 0,
  met_at: null,
  fulfilled_at: null,
  corrected_from: null,
  correction_cause: null,
  unit: common.unit,
  owner: common.owner,
  severity: common.severity,
  asleep: common.asleep,
});
