import { CASE_STREAM_PREFIX, caseAggregate, type CaseEventType, type RecordedCaseEvent } from '#cases';
import type { StoredEvent } from '#event-store';
import { decodeEvent } from '#kernel';
import { LogFollower, type FollowPorts } from './log-follower.js';

/** Does something about certain events of cases, in their order, each at least once: "when … then …" over streams. */
export class FollowCases extends LogFollower {
  /**
   * @param take says whether anything was done; what it throws is tried again. Imported history is not shown to it.
   */
  constructor(
    ports: FollowPorts,
    types: readonly CaseEventType[],
    take: (event: RecordedCaseEvent, caseId: string) => Promise<boolean>,
  ) {
    super(ports, {
      streamPrefixes: [CASE_STREAM_PREFIX],
      types,
      take: async (stored) => {
        const event = readCaseEvent(stored);
        if (event === undefined || event.meta.historical === true) return false;
        return take(event, event.stream.slice(CASE_STREAM_PREFIX.length));
      },
    });
  }
}

/** Undefined for what somebody else wrote. */
export const readCaseEvent = (stored: StoredEvent): RecordedCaseEvent | undefined =>
  decodeEvent(stored, caseAggregate.upcasts) as RecordedCaseEvent | undefined;
