import { ENGINE, isRefusal, laterOf, newId, type Facts, type Instant } from '#kernel';
import type { Policy } from '#policy';
import {
  caseAggregate,
  initialCase,
  SOURCE_RULE,
  SOURCE_TARGET_CLOCK,
  type CaseEvent,
  type CaseState,
  type RecordedCaseEvent,
} from '../domain/index.js';

/** What follows from other events or from time under a pack: it is left out, and follows anew under another one. */
function isDerived({ type, data }: RecordedCaseEvent): boolean {
  switch (type) {
    case 'DeadlineSet':
      return data.clock !== SOURCE_TARGET_CLOCK;
    case 'DeadlineWarned':
    case 'ClockPaused':
    case 'ClockResumed':
    case 'DeadlineMoved':
    case 'DeadlineMet':
    case 'DeadlineMissed':
    case 'DeadlineFulfilledLate':
    case 'DeadlineCancelled':
    case 'VerdictCorrected':
    case 'PromiseBroken':
    case 'PriorityAssigned':
    case 'EscalationWithdrawn':
      return true;
    case 'SeverityLowered':
      // What the source of an import took back rests on no rule of a pack.
      return data.reasonCode !== 'source';
    case 'SeverityRaised':
    case 'GroundEstablished':
      return data.ground.rule !== SOURCE_RULE;
    case 'CaseEscalated':
      return data.cause !== undefined;
    case 'HandlerRecused':
      return data.source !== undefined;
    case 'CaseDeclined':
      return data.rule !== undefined;
    default:
      return false;
  }
}

/**
 * A case as it would stand had another pack ruled it: what people and other systems did stays as it is on record, at the
 * instants at which it happened and was recorded; grounds, deadlines, verdicts and escalations follow anew. Nothing is
 * written. A command that the other pack would have refused is not refused: it happened.
 * @param until up to when what is due counts as settled
 */
export function replayUnder(policy: Policy, events: readonly RecordedCaseEvent[], until: Instant): CaseState {
  const replay = new Replay(policy);
  for (const event of events) {
    if (isDerived(event)) replay.leaveOut(event);
    else replay.take(event);
  }
  replay.settle(until);
  return replay.state;
}

/** More than this of what follows from what follows is a pack that was not checked. */
const MOST_FOLLOWERS = 10_000;

class Replay {
  state: CaseState = initialCase;
  private revision = 0;
  private now: Instant = '';
  /** The chains of escalations that were called in by the pack that ruled, by their ids. */
  private readonly chains = new Map<string, string>();

  constructor(private readonly policy: Policy) {}

  /** What is left out is only remembered for those who spoke of it. */
  leaveOut(event: RecordedCaseEvent): void {
    if (event.type === 'CaseEscalated') this.chains.set(event.data.escalationId, event.data.chain ?? '');
  }

  take(event: RecordedCaseEvent): void {
    const { occurredAt, recordedAt, historical } = event.meta;
    // EVENTS.md 12, 18: a command settles up to its recording, history up to each instant at which something happened.
    this.now = laterOf(this.now, recordedAt);
    this.settle(historical === true ? occurredAt : recordedAt, historical === true);
    this.fold({ ...this.readdressed(event), revision: ++this.revision });
  }

  /** Who acknowledged an escalation acknowledges what stands for it here: the open one of the same chain. */
  private readdressed(event: RecordedCaseEvent): RecordedCaseEvent {
    const chain = event.type === 'EscalationAcknowledged' ? this.chains.get(event.data.escalationId) : undefined;
    const open = this.state.escalations.find((it) => it.chain === chain && it.state === 'open');
    if (event.type !== 'EscalationAcknowledged' || chain === undefined || open === undefined) return event;
    return { ...event, data: { ...event.data, escalationId: open.escalationId } };
  }

  settle(until: Instant, historical = false): void {
    this.now = laterOf(this.now, until);
    for (let count = 0; count < MOST_FOLLOWERS; count++) {
      const due = caseAggregate.settle(this.state, until, this.facts());
      if (due.length === 0) return;
      for (const event of due) this.fold(this.imagined(event, ENGINE, historical));
    }
  }

  private fold(event: RecordedCaseEvent): void {
    const pending = [event];
    for (let count = 0; pending.length > 0 && count < MOST_FOLLOWERS; count++) {
      const next = pending.shift()!;
      this.state = caseAggregate.evolve(this.state, next);
      const followers = caseAggregate.follow(this.state, next, this.facts());
      // A deadline that cannot be counted is none; the command that led to it stays on record.
      if (isRefusal(followers)) continue;
      const historical = event.meta.historical === true;
      pending.unshift(...followers.map((it) => this.imagined(it, event.meta.actor, historical)));
    }
  }

  private imagined(
    event: CaseEvent,
    actor: RecordedCaseEvent['meta']['actor'],
    historical: boolean,
  ): RecordedCaseEvent {
    return {
      id: newId(),
      stream: this.state.stream ?? '',
      revision: ++this.revision,
      type: event.type,
      data: event.data ?? {},
      personal: {},
      meta: {
        actor,
        occurredAt: event.occurredAt ?? this.now,
        recordedAt: this.now,
        ...(historical ? { historical: true as const } : {}),
      },
    } as unknown as RecordedCaseEvent;
  }

  private facts(): Facts<Policy> {
    return { at: this.now, actor: ENGINE, policy: this.policy, newId, newKey: newId };
  }
}
