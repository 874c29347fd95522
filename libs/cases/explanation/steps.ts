import type { Instant, JsonObject } from '#kernel';
import type { Policy } from '#policy';
import type { ClockOf, RecordedCaseEvent } from '../domain/index.js';
import { causeOf, type RecordedClockEvent } from './causes.js';
import type { ClockStep, EventSeen } from './shapes.js';

/** Everything that became of a run, in the order of the log, each with its cause. */
export function stepsOf({ clock, run }: ClockOf, log: readonly RecordedCaseEvent[], policy: Policy): ClockStep[] {
  const steps: ClockStep[] = [];
  let due: Instant | undefined;
  log.forEach((event, at) => {
    if (!isOf(event) || event.data.clock !== clock || event.data.run !== run) return;
    const cause = causeOf(event, log.slice(0, at), policy);
    const after = givesDue(event) && event.data.dueAt !== due ? event.data.dueAt : undefined;
    steps.push({
      ...seen(event),
      data: event.data as unknown as JsonObject,
      ...(cause === undefined ? {} : { cause: seen(cause) }),
      ...(after === undefined ? {} : { due: { ...(due === undefined ? {} : { before: due }), after } }),
    });
    due = after ?? due;
  });
  return steps;
}

const STEPS: ReadonlySet<string> = new Set<RecordedClockEvent['type']>([
  'DeadlineSet',
  'DeadlineWarned',
  'ClockPaused',
  'ClockResumed',
  'DeadlineMoved',
  'DeadlineMet',
  'DeadlineMissed',
  'DeadlineFulfilledLate',
  'DeadlineCancelled',
  'VerdictCorrected',
]);

const isOf = (event: RecordedCaseEvent): event is RecordedClockEvent => STEPS.has(event.type);

const givesDue = (
  event: RecordedClockEvent,
): event is Extract<RecordedClockEvent, { type: 'DeadlineSet' | 'ClockResumed' | 'DeadlineMoved' }> =>
  event.type === 'DeadlineSet' || event.type === 'ClockResumed' || event.type === 'DeadlineMoved';

/** What is only imagined stands behind all that is recorded. */
export const isUnwritten = ({ revision }: RecordedCaseEvent): boolean => revision > BEHIND_ALL;

/** What is imagined stands behind this revision: no stream comes that far. */
export const BEHIND_ALL = 2 ** 52;

export function seen(event: RecordedCaseEvent): EventSeen {
  const { id, revision, type, meta } = event;
  return {
    id,
    ...(isUnwritten(event) ? { unwritten: true as const } : { revision }),
    type,
    occurredAt: meta.occurredAt,
    recordedAt: meta.recordedAt,
    actor: { id: meta.actor.id, role: meta.actor.role },
  };
}
