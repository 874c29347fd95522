import type { Instant } from '#kernel';
import type { CaseEvent } from './events.js';
import type { CaseState, ClockRun } from './state.js';

/** The next run of a clock to come due, by due instant, clock id, run (EVENTS.md 13). */
export function nextDue(state: CaseState): ClockRun | undefined {
  let next: ClockRun | undefined;
  for (const run of state.clocks) {
    if (run.state === 'running' && (next === undefined || comesBefore(run, next))) next = run;
  }
  return next;
}

/** EVENTS.md 12: what was due strictly before `until`, the earliest first; at the due instant itself is in time (K-8). */
export function settle(state: CaseState, until: Instant): readonly CaseEvent[] {
  const due = nextDue(state);
  if (due === undefined || due.dueAt >= until) return [];
  const { clock, run, dueAt } = due;
  return [{ type: 'DeadlineMissed', data: { clock, run, dueAt }, occurredAt: dueAt }];
}

function comesBefore(a: ClockRun, b: ClockRun): boolean {
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt;
  if (a.clock !== b.clock) return a.clock < b.clock;
  return a.run < b.run;
}
