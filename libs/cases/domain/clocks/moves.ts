import { isRefusal, type Facts, type Refusal } from '#kernel';
import type { Policy, Reckoned } from '#policy';
import type { CaseEvent, RecordedCaseEvent } from '../events.js';
import type { CaseState, ClockRun } from '../state.js';
import { closed, moved } from './changes.js';
import { ESCALATION_CLOCK, PROMISE_CLOCK, SOURCE_TARGET_CLOCK } from './given.js';
import { knownAt, occurrence } from './occurrence.js';
import { isOpen } from './runs.js';

/** Clocks of every case, whatever its pack: a promise stays a promise under other rules. */
const OF_EVERY_CASE: readonly string[] = [PROMISE_CLOCK, SOURCE_TARGET_CLOCK, ESCALATION_CLOCK];

/**
 * what becomes of the open runs of a case that is moved to another version of the rules. Those that it knows under the
 * same id are counted anew from where they began; those that it does not know, or not for such a case, are cancelled. Runs
 * that have their verdict keep it. What only the new version has starts by what happens from now on.
 * @param facts whose policy is the new version
 */
export function underNewPolicy(
  state: CaseState,
  event: Extract<RecordedCaseEvent, { type: 'CaseMovedToPolicy' }>,
  { policy }: Facts<Policy>,
): readonly CaseEvent[] | Refusal {
  const happening = occurrence(state, event, policy);
  const events: CaseEvent[] = [];
  for (const run of state.clocks) {
    if (!isOpen(run) || OF_EVERY_CASE.includes(run.clock)) continue;
    const rule = policy.clock(run.clock);
    const { startsAt, clock, run: number } = run;
    const occurredAt = event.meta.occurredAt;
    if (rule === undefined || rule.when?.holds(happening) === false) {
      events.push({
        type: 'DeadlineCancelled',
        data: { clock, run: number, reasonCode: 'NOT_IN_NEW_POLICY' },
        occurredAt,
      });
      continue;
    }
    const span = { startsAt, pauses: closed(run.pauses, undefined), knownAt: knownAt(event) };
    const due = policy.reckon(rule, policy.budgetOf(rule, happening.case), span);
    if (isRefusal(due)) return due;
    if (!isSame(run, due)) events.push(moved(run, due, { startsAt, reasonCode: 'POLICY_CHANGED', occurredAt }));
  }
  return events;
}

const isSame = (run: ClockRun, due: Reckoned): boolean =>
  run.dueAt === due.dueAt &&
  run.budget === due.budget &&
  run.calendar?.version === due.calendar?.version &&
  JSON.stringify(run.warnings) === JSON.stringify(due.warnings);
