import { CASE_STREAM_PREFIX, caseAggregate, type CaseEventType, type RecordedCaseEvent } from '#cases';
import {
  CUSTOMER_STREAM_PREFIX,
  customerAggregate,
  type CustomerEventType,
  type RecordedCustomerEvent,
  type VisitCancelledBecause,
} from '#customers';
import type { StoredEvent } from '#event-store';
import { decodeEvent } from '#kernel';
import { LogFollower, type FollowPorts } from './log-follower.js';
import { openingOf } from './opening.js';

export interface EndedVisit {
  readonly customerId: string;
  readonly visitId: string;
  readonly outcome: 'made' | 'declined' | 'withdrawn';
}

export interface RoutineVisitsPorts extends FollowPorts {
  /** Opens the visit as a case under the id that was given to it; one that is there already stays as it is. */
  readonly open: (visit: { readonly customerId: string; readonly visitId: string }) => Promise<void>;
  /** Withdraws the case of a visit that is not due any more; one that has come to its end stays as it is. */
  readonly callOff: (visit: { readonly visitId: string; readonly reasonCode: VisitCancelledBecause }) => Promise<void>;
  /** Tells the customer's file; told again, nothing happens. */
  readonly end: (visit: EndedVisit) => Promise<void>;
}

const ENDS = { CaseClosed: 'made', CaseDeclined: 'declined', CaseWithdrawn: 'withdrawn' } as const;
const OF_CUSTOMERS: readonly CustomerEventType[] = ['VisitFellDue', 'VisitCancelled'];
const OF_CASES: readonly CaseEventType[] = ['CaseClosed', 'CaseDeclined', 'CaseWithdrawn'];

/**
 * V-2, V-3: when a visit to a customer falls due, then it is opened as a case of its own; when a corrected milestone calls it
 * off, then its case is withdrawn; when the case comes to its end, then the customer's file is told. The file records each
 * first, under the id that the case will have: whatever crashes, there is one case to a visit.
 */
export class RoutineVisits extends LogFollower {
  constructor(private readonly visits: RoutineVisitsPorts) {
    super(visits, {
      streamPrefixes: [CASE_STREAM_PREFIX, CUSTOMER_STREAM_PREFIX],
      types: [...OF_CUSTOMERS, ...OF_CASES],
      take: (event) => (event.stream.startsWith(CASE_STREAM_PREFIX) ? this.ofCase(event) : this.ofCustomer(event)),
    });
  }

  private async ofCustomer(stored: StoredEvent): Promise<boolean> {
    const event = decodeEvent(stored, customerAggregate.upcasts) as RecordedCustomerEvent | undefined;
    switch (event?.type) {
      case 'VisitFellDue':
        await this.visits.open({
          customerId: event.stream.slice(CUSTOMER_STREAM_PREFIX.length),
          visitId: event.data.visitId,
        });
        return true;
      case 'VisitCancelled':
        await this.visits.callOff(event.data);
        return true;
      default:
        return false;
    }
  }

  private async ofCase(stored: StoredEvent): Promise<boolean> {
    const event = decodeEvent(stored, caseAggregate.upcasts) as RecordedCaseEvent | undefined;
    if (event?.type !== 'CaseClosed' && event?.type !== 'CaseDeclined' && event?.type !== 'CaseWithdrawn') return false;
    const { openedFrom } = (await openingOf(this.visits.reader, event.stream)) ?? {};
    if (openedFrom === undefined || !('customerId' in openedFrom)) return false;
    const visitId = event.stream.slice(CASE_STREAM_PREFIX.length);
    await this.visits.end({ customerId: openedFrom.customerId, visitId, outcome: ENDS[event.type] });
    return true;
  }
}
