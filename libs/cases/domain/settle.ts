import { laterOf, type Facts, type Instant } from '#kernel';
import type { Policy } from '#policy';
import type { CaseEvent } from './events.js';
import { holdersOf } from './posts.js';
import type { CaseState, ClockRun } from './state.js';

/** Something that comes due by itself: the end of a run, or a warning before it. */
interface Due {
  readonly run: ClockRun;
  readonly at: Instant;
  /** Undefined for the end itself. */
  readonly percent?: number;
}

/** The next thing to come due, by instant, clock id, run, a warning before the end (EVENTS.md 13). What is paused waits. */
export function nextDue(state: CaseState): Due | undefined {
  let next: Due | undefined;
  for (const run of state.clocks) {
    if (run.state !== 'running') continue;
    const due = earliestOf(run);
    if (next === undefined || comesBefore(due, next)) next = due;
  }
  return next;
}

/**
 * EVENTS.md 12: what was due strictly before `until`, the earliest first; at the due instant itself is in time (K-8). What
 * came to be known only after it was due happened when it came to be known.
 */
export function settle(state: CaseState, until: Instant, { policy }: Facts<Policy>): readonly CaseEvent[] {
  const due = nextDue(state);
  if (due === undefined || due.at >= until) return [];
  const { clock, run, dueAt, knownAt } = due.run;
  const occurredAt = laterOf(due.at, knownAt);
  if (due.percent !== undefined) {
    return [{ type: 'DeadlineWarned', data: { clock, run, dueAt, percent: due.percent }, occurredAt }];
  }
  const owedBy = holdersOf(policy.clock(clock)?.owedBy ?? [], state, policy, dueAt);
  return [
    {
      type: 'DeadlineMissed',
      data: { clock, run, dueAt, ...(owedBy.length === 0 ? {} : { owedBy }) },
      occurredAt,
    },
  ];
}

function earliestOf(run: ClockRun): Due {
  let due: Due = { run, at: run.dueAt };
  for (const { percent, at } of run.warnings ?? []) {
    if (!run.warned.includes(percent) && (at < due.at || (at === due.at && due.percent === undefined))) {
      due = { run, at, percent };
    }
  }
  return due;
}

function comesBefore(a: Due, b: Due): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.run.clock !== b.run.clock) return a.run.clock < b.run.clock;
  return a.run.run < b.run.run;
}
