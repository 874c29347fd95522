import type { Occurrence, Policy } from '#policy';
import type { CaseEvent, RecordedCaseEvent, Verdict } from '../events.js';
import type { CaseState, ClockRun } from '../state.js';
import { ESCALATION_CLOCK, escalationOf, PROMISE_CLOCK, promiseOf, SOURCE_TARGET_CLOCK } from './given.js';

/** What an event ends of a run; the clocks that every case can have end by rules of ours, the others by the pack. */
export function endOf(
  run: ClockRun,
  event: RecordedCaseEvent,
  state: CaseState,
  { policy, occurrence }: { readonly policy: Policy; readonly occurrence: Occurrence },
): 'met' | 'cancelled' | undefined {
  switch (run.clock) {
    case PROMISE_CLOCK:
      if (event.type === 'PromiseKept' && promiseOf(state, run) === event.data.promiseId) return 'met';
      return event.type === 'CaseDeclined' || event.type === 'CaseWithdrawn' ? 'cancelled' : undefined;
    case SOURCE_TARGET_CLOCK:
      if (event.type === 'CaseResolved' || event.type === 'CaseClosed') return 'met';
      return event.type === 'CaseDeclined' || event.type === 'CaseWithdrawn' ? 'cancelled' : undefined;
    case ESCALATION_CLOCK:
      return endOfWaiting(run, event, state);
    default: {
      // A further run is about what came after that which started it, whenever it is told.
      if ((run.run > 1 || run.cause !== undefined) && event.meta.occurredAt < run.begunAt) return undefined;
      return endByPack(run.clock, { policy, occurrence });
    }
  }
}

/** What the pack says of an event and a run of a clock of its own. */
export function endByPack(
  clock: string,
  { policy, occurrence }: { readonly policy: Policy; readonly occurrence: Occurrence },
): 'met' | 'cancelled' | undefined {
  const effect = policy.effectOn(clock, occurrence);
  return effect === 'met' || effect === 'cancelled' ? effect : undefined;
}

/** E-1: an escalation waits until it is acknowledged, until the case has a result, or until its reason falls. */
function endOfWaiting(run: ClockRun, event: RecordedCaseEvent, state: CaseState): 'met' | 'cancelled' | undefined {
  switch (event.type) {
    case 'EscalationAcknowledged':
      return event.data.escalationId === escalationOf(state, run)?.escalationId ? 'met' : undefined;
    case 'EscalationWithdrawn':
      return event.data.escalationId === escalationOf(state, run)?.escalationId ? 'cancelled' : undefined;
    case 'CaseResolved':
    case 'CaseClosed':
    case 'CaseDeclined':
    case 'CaseWithdrawn':
      return 'cancelled';
    default:
      return undefined;
  }
}

/** The verdict on a run: once, unless what is learnt late says otherwise (K-7, K-8). */
export function verdict(run: ClockRun, end: 'met' | 'cancelled', event: RecordedCaseEvent): readonly CaseEvent[] {
  const { clock, run: number, dueAt } = run;
  const occurredAt = event.meta.occurredAt;
  if (run.state !== 'running' && run.state !== 'paused') return corrected(run, end, event);
  if (end === 'cancelled') {
    return [{ type: 'DeadlineCancelled', data: { clock, run: number, reasonCode: event.type }, occurredAt }];
  }
  return [{ type: 'DeadlineMet', data: { clock, run: number, dueAt, metAt: occurredAt }, occurredAt }];
}

/** K-8, EVENTS.md 16: the verdict goes by the instant at which things happened, and the last one holds. */
function corrected(run: ClockRun, to: 'met' | 'cancelled', event: RecordedCaseEvent): readonly CaseEvent[] {
  const at = event.meta.occurredAt;
  const { dueAt, endedAt, fulfilledAt } = run;
  if (at > dueAt) {
    if (run.state !== 'missed' || to !== 'met' || fulfilledAt !== undefined) return [];
    const data = { clock: run.clock, run: run.run, dueAt, doneAt: at };
    return [{ type: 'DeadlineFulfilledLate', data, occurredAt: at }];
  }
  const earlier = endedAt === undefined || at < endedAt;
  return run.state === to || !earlier ? [] : [correction(run, to, event, to === 'met' ? at : undefined)];
}

/** Replaces the verdict of a run that has one; happened when that happened by which it was learnt. */
export function correction(
  run: ClockRun,
  to: Verdict | 'running',
  cause: RecordedCaseEvent,
  metAt?: string,
): CaseEvent {
  const data = {
    clock: run.clock,
    run: run.run,
    from: run.state as Verdict,
    to,
    dueAt: run.dueAt,
    cause: cause.id,
    replaces: run.ruling ?? '',
    ...(metAt === undefined ? {} : { metAt }),
    ...(to === 'running' && cause.type !== 'DeadlineMoved' ? { paused: true as const } : {}),
  };
  return { type: 'VerdictCorrected', data, occurredAt: cause.meta.occurredAt };
}
