import type { Instant } from '#kernel';
import type { Verdict } from '../events.js';
import type { CaseState, ClockRun } from '../state.js';
import type { Folds } from './fold.js';

/** K-7…K-10: each run of a clock with its verdict. */
export const CLOCKS: Folds<
  'DeadlineSet' | 'DeadlineMet' | 'DeadlineMissed' | 'DeadlineCancelled' | 'VerdictCorrected'
> = {
  DeadlineSet: (state, { data, revision }) => {
    const known = state.clocks.find((it) => it.clock === data.clock && it.run === data.run);
    const rest = known ? state.clocks.filter((it) => it !== known) : state.clocks;
    // By occurred time a verdict may be folded before the run it is about: what was kept of it holds.
    const ruled: Pick<ClockRun, 'state' | 'ruledBy' | 'endedAt'> = known ?? { state: 'running', ruledBy: revision };
    return { ...state, clocks: [...rest, { ...ruled, ...data }] };
  },
  DeadlineMet: (state, { data, revision }) => ruled(state, data, { verdict: 'met', revision, endedAt: data.metAt }),
  DeadlineMissed: (state, { data, revision }) => ruled(state, data, { verdict: 'missed', revision }),
  DeadlineCancelled: (state, { data, revision, meta }) =>
    ruled(state, data, { verdict: 'cancelled', revision, endedAt: meta.occurredAt }),
  VerdictCorrected: (state, { data, revision, meta }) =>
    ruled(state, data, { verdict: data.to, revision, endedAt: data.metAt ?? meta.occurredAt }),
};

interface Ruling {
  readonly verdict: Verdict;
  readonly revision: number;
  readonly endedAt?: Instant;
}

/** The last verdict holds, and last is who stands later in the log, in whatever order they are folded (EVENTS.md 16). */
function ruled(
  state: CaseState,
  about: { readonly clock: string; readonly run: number; readonly dueAt?: Instant },
  { verdict, revision, endedAt }: Ruling,
): CaseState {
  const index = state.clocks.findIndex((it) => it.clock === about.clock && it.run === about.run);
  const known = state.clocks[index] ?? unseen(about);
  if (known.ruledBy > revision) return state;
  const { endedAt: _before, ...rest } = known;
  const run: ClockRun = { ...rest, state: verdict, ruledBy: revision, ...(endedAt === undefined ? {} : { endedAt }) };
  return { ...state, clocks: index < 0 ? [...state.clocks, run] : state.clocks.with(index, run) };
}

/** A run whose beginning has not been folded yet. */
const unseen = (about: { readonly clock: string; readonly run: number; readonly dueAt?: Instant }): ClockRun => ({
  clock: about.clock,
  run: about.run,
  countsFrom: 'given',
  startsAt: about.dueAt ?? '',
  dueAt: about.dueAt ?? '',
  budget: 'given',
  source: '',
  state: 'running',
  ruledBy: -1,
});
