import { isRefusal, type Facts, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import type { CaseEvent, CaseEventType, ClockOf, RecordedCaseEvent, Severity } from '../events.js';
import type { CaseState } from '../state.js';
import { pausedOrResumed, reprioritised } from './changes.js';
import { deadlineGiven, ESCALATION_CLOCK, PROMISE_CLOCK, type DeadlineSet } from './given.js';
import { knownAt, occurrence } from './occurrence.js';
import { fallingWith, runKey, startedBy } from './runs.js';
import { endOf, verdict } from './verdicts.js';

export * from './given.js';
export { asked, knownAt, occurrence } from './occurrence.js';
export { recomputed, rejudged } from './changes.js';
export { underNewPolicy } from './moves.js';
export { fallingWith, isOpen } from './runs.js';
export { correction } from './verdicts.js';

/** What an event does to the clocks of the case: verdicts, pauses, other due instants, and new runs (K-1…K-8). */
export function clocksAfter(
  before: CaseState,
  event: RecordedCaseEvent,
  { policy }: Facts<Policy>,
  severity: Severity = before.severity,
): readonly CaseEvent[] | Refusal {
  const state = severity === before.severity ? before : { ...before, severity };
  const happening = { event, policy, occurrence: occurrence(state, event, policy) };
  const events: CaseEvent[] = [];
  const ended = new Set<string>();
  for (const run of state.clocks) {
    const end = endOf(run, event, state, happening);
    const change = end === undefined ? pausedOrResumed(run, happening) : verdict(run, end, event);
    if (isRefusal(change)) return change;
    events.push(...change);
    if (end !== undefined && change.length > 0) ended.add(runKey(run));
    for (const { type, data } of change) {
      if (type === 'VerdictCorrected') for (const it of fallingWith(state, data.replaces)) ended.add(runKey(it));
    }
  }
  if (event.type === 'PromiseMade') events.push(promised(state, event, policy));
  // History starts no clock; what it was judged by came with it (EVENTS.md 18). Taking over is where it ends.
  if (event.meta.historical === true && event.type !== 'TakenOver') return correctionsLast(events);
  if (event.type === 'CaseEscalated') {
    const waiting = acknowledgement(state, event, policy);
    if (isRefusal(waiting)) return waiting;
    events.push(...waiting);
  }
  const moves = CHANGES_PRIORITY.has(event.type) && severity === before.severity ? reprioritised(state, happening) : [];
  if (isRefusal(moves)) return moves;
  const begun = startedBy({ ...happening, state, ended });
  return isRefusal(begun) ? begun : correctionsLast([...events, ...moves, ...begun]);
}

/** What follows from a correction calls off what hung on the old verdict: all else the event did must stand by then. */
const correctionsLast = (events: readonly CaseEvent[]): readonly CaseEvent[] =>
  events.some(isCorrection) ? [...events.filter((it) => !isCorrection(it)), ...events.filter(isCorrection)] : events;

const isCorrection = ({ type }: CaseEvent): boolean => type === 'VerdictCorrected';

/** After these another budget may hold. Where the severity changes as well, the event that says so moves the deadlines. */
export const CHANGES_PRIORITY: ReadonlySet<CaseEventType> = new Set<CaseEventType>([
  'CaseClassified',
  'GroupGrown',
  'CaseAssigned',
  'CaseTransferred',
  'SeverityRaised',
  'SeverityLowered',
  'PriorityAssigned',
  'IntakeAmended',
]);

/** K-3: a promise is a clock. */
function promised(
  state: CaseState,
  { data, meta }: Extract<RecordedCaseEvent, { type: 'PromiseMade' }>,
  policy: Policy,
): DeadlineSet {
  const warnAt = policy.promises?.warnAt ?? [];
  const given = { startsAt: meta.occurredAt, dueAt: data.dueAt, source: 'K-3 [T G]', warnAt };
  return deadlineGiven(PROMISE_CLOCK, state.promises.length, given);
}

/** E-1: each level waits for an acknowledgement. */
function acknowledgement(
  state: CaseState,
  event: Extract<RecordedCaseEvent, { type: 'CaseEscalated' }>,
  policy: Policy,
): readonly DeadlineSet[] | Refusal {
  const { chain, level, source = '·' } = event.data;
  if (chain === undefined) return [];
  const startsAt = event.meta.occurredAt;
  const due = policy.acknowledgeBy(chain, level, { startsAt, pauses: [], knownAt: knownAt(event) });
  if (due === undefined || isRefusal(due)) return due ?? [];
  const of: ClockOf = { clock: ESCALATION_CLOCK, run: state.escalations.length };
  return [
    {
      type: 'DeadlineSet',
      data: { ...of, countsFrom: 'event', startsAt, ...due, source },
      occurredAt: startsAt,
    },
  ];
}
