import type { CaseState, RecordedCaseEvent } from '#cases';

/** Whether an event is still worth telling, by what the case has become since. */
export type Standing = 'stands' | 'superseded' | 'withdrawn';

/**
 * What is told before it went out may have been overtaken: after downtime only the highest level reached is notified
 * (EVENTS.md 15), and what was withdrawn before it was sent need not be sent (EVENTS.md 16).
 */
export function standingOf(event: RecordedCaseEvent, now: CaseState): Standing {
  switch (event.type) {
    case 'CaseEscalated':
      return ofEscalation(event.data.escalationId, now);
    case 'DeadlineWarned': {
      const { clock, run, percent } = event.data;
      const it = runOf(now, clock, run);
      if (it === undefined || it.state === 'missed') return 'superseded';
      if (it.state !== 'running' && it.state !== 'paused') return 'withdrawn';
      return it.warned.some((later) => later > percent) ? 'superseded' : 'stands';
    }
    case 'DeadlineMissed':
      return runOf(now, event.data.clock, event.data.run)?.state === 'missed' ? 'stands' : 'withdrawn';
    case 'VerdictCorrected':
      return runOf(now, event.data.clock, event.data.run)?.state === event.data.to ? 'stands' : 'withdrawn';
    case 'SeverityRaised': {
      const { groundId } = event.data.ground;
      if (!now.grounds.some((ground) => ground.groundId === groundId)) return 'withdrawn';
      return now.severity === event.data.to ? 'stands' : 'superseded';
    }
    default:
      return 'stands';
  }
}

function ofEscalation(escalationId: string, now: CaseState): Standing {
  const escalation = now.escalations.find((it) => it.escalationId === escalationId);
  switch (escalation?.state) {
    case undefined:
    case 'open':
      return 'stands';
    case 'passed_up':
      return 'superseded';
    // Acknowledged by another one, or nothing is left to acknowledge.
    case 'acknowledged':
    case 'ended':
    case 'withdrawn':
      return 'withdrawn';
    default:
      return escalation!.state satisfies never;
  }
}

const runOf = (state: CaseState, clock: string, run: number): CaseState['clocks'][number] | undefined =>
  state.clocks.find((it) => it.clock === clock && it.run === run);
