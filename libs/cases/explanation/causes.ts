import type { Policy } from '#policy';
import {
  CHANGES_PRIORITY,
  ESCALATION_CLOCK,
  PROMISE_CLOCK,
  SOURCE_TARGET_CLOCK,
  type CaseEvent,
  type CaseEventType,
  type RecordedCaseEvent,
} from '../domain/index.js';

/** The events that speak of one run of a clock. */
export type RecordedClockEvent = Extract<
  RecordedCaseEvent,
  { type: Exclude<Extract<CaseEvent, { data: { clock: string; run: number } }>['type'], 'CaseEscalated'> }
>;

/**
 * The event by which something became of a run. What follows from an event stands behind it in the same append, so that
 * the nearest one before it that can have done this is the one; none where time alone brought it.
 * @param before the events that stand before it in the log, the last one last
 */
export function causeOf(
  event: RecordedClockEvent,
  before: readonly RecordedCaseEvent[],
  policy: Policy,
): RecordedCaseEvent | undefined {
  const named = event.type === 'DeadlineSet' || event.type === 'VerdictCorrected' ? event.data.cause : undefined;
  if (named !== undefined) return before.find(({ id }) => id === named);
  const candidates = causesOf(event, policy);
  for (let at = before.length - 1; at >= 0; at--) {
    const other = before[at]!;
    if (!isSameAppend(other, event)) break;
    if (candidates.includes(actsAs(other))) return other;
  }
  // What starts while somebody is waited for stands still because of a waiting that began before it.
  return event.type === 'ClockPaused' ? before.findLast(({ type }) => type === 'WaitingStarted') : undefined;
}

function causesOf(event: RecordedClockEvent, policy: Policy): readonly string[] {
  const rule = policy.clock(event.data.clock);
  const types = (list: readonly { readonly event: string }[] = []): string[] => list.map((it) => it.event);
  switch (event.type) {
    case 'DeadlineSet':
      return OWN_STARTS[event.data.clock] ?? [...types(rule?.startsOn), ...types(rule?.restartsOn), 'CaseReopened'];
    case 'DeadlineMet':
    case 'DeadlineFulfilledLate':
      return OWN_ENDS[event.data.clock] ?? types(rule?.metBy);
    case 'DeadlineCancelled':
      return event.data.reasonCode === 'VERDICT_CORRECTED' ? CORRECTED : [event.data.reasonCode];
    case 'ClockPaused':
      return types(rule?.pausedBy);
    case 'ClockResumed':
      return types(rule?.resumedBy);
    case 'DeadlineMoved':
      return event.data.reasonCode === 'PRIORITY_CHANGED' ? [...CHANGES_PRIORITY] : [];
    case 'VerdictCorrected':
    case 'DeadlineWarned':
    case 'DeadlineMissed':
      return [];
    default:
      return event satisfies never;
  }
}

/** The clocks that every case can have start and end by rules of ours. */
const OWN_STARTS: Readonly<Record<string, readonly CaseEventType[]>> = {
  [PROMISE_CLOCK]: ['PromiseMade'],
  [ESCALATION_CLOCK]: ['CaseEscalated'],
  [SOURCE_TARGET_CLOCK]: ['CaseReceived'],
};
const OWN_ENDS: Readonly<Record<string, readonly CaseEventType[]>> = {
  [PROMISE_CLOCK]: ['PromiseKept'],
  [ESCALATION_CLOCK]: ['EscalationAcknowledged'],
  [SOURCE_TARGET_CLOCK]: ['CaseResolved', 'CaseClosed'],
};
const CORRECTED: readonly string[] = ['DeadlineMet', 'DeadlineMissed', 'DeadlineCancelled', 'VerdictCorrected'];
const AS_CORRECTED = {
  met: 'DeadlineMet',
  missed: 'DeadlineMissed',
  cancelled: 'DeadlineCancelled',
  running: 'VerdictCorrected',
} as const;

/** A corrected verdict is to everything else what that verdict would have been. */
const actsAs = (event: RecordedCaseEvent): CaseEventType =>
  event.type === 'VerdictCorrected' ? AS_CORRECTED[event.data.to] : event.type;

const isSameAppend = (a: RecordedCaseEvent, b: RecordedCaseEvent): boolean =>
  a.meta.recordedAt === b.meta.recordedAt && a.meta.command.id === b.meta.command.id;
