import { CASE_STREAM_PREFIX, caseAggregate, type CaseEventType, type RecordedCaseEvent } from '#cases';
import { CUSTOMER_STREAM_PREFIX, type CustomerEventType } from '#customers';
import type { StoredEvent } from '#event-store';
import { decodeEvent, type Position } from '#kernel';
import { LogFollower, type FollowPorts } from './log-follower.js';

export interface CustomerStandingPorts extends FollowPorts {
  /** The open cases of a customer, as of a position of the log: who was found in the file later is met by an event of their own. */
  readonly openCasesOf: (customerId: string, asOf: Position) => Promise<readonly string[]>;
  /** Tells the case how the customer in whose file its complainant is found stands now; told again, nothing happens. */
  readonly tell: (caseId: string) => Promise<void>;
}

const OF_CASES: readonly CaseEventType[] = ['CaseReceived', 'IdentityVerified'];
const OF_CUSTOMERS: readonly CustomerEventType[] = [
  'TierAssigned',
  'QualityEstablished',
  'QualityWithdrawn',
  'SpecialOwnerListed',
  'SpecialOwnerUnlisted',
  'SubjectErased',
];

/**
 * C-1, S-4: when a complainant is found in a customer's file, or the customer comes to stand otherwise, then the open cases of
 * that customer are told: rules of priority and severity may ask for it. Closed cases stay as they were judged.
 */
export class CustomerStandings extends LogFollower {
  constructor(private readonly standings: CustomerStandingPorts) {
    super(standings, {
      streamPrefixes: [CASE_STREAM_PREFIX, CUSTOMER_STREAM_PREFIX],
      types: [...OF_CASES, ...OF_CUSTOMERS],
      take: (event) => (event.stream.startsWith(CASE_STREAM_PREFIX) ? this.ofCase(event) : this.ofCustomer(event)),
    });
  }

  private async ofCase(stored: StoredEvent): Promise<boolean> {
    const event = decodeEvent(stored, caseAggregate.upcasts) as RecordedCaseEvent | undefined;
    if (event === undefined || event.meta.historical === true || !speaksOfCustomer(event)) return false;
    await this.standings.tell(event.stream.slice(CASE_STREAM_PREFIX.length));
    return true;
  }

  private async ofCustomer(stored: StoredEvent): Promise<boolean> {
    const customerId = stored.stream.slice(CUSTOMER_STREAM_PREFIX.length);
    const caseIds = await this.standings.openCasesOf(customerId, stored.position);
    for (const caseId of caseIds) await this.standings.tell(caseId);
    return caseIds.length > 0;
  }
}

function speaksOfCustomer(event: RecordedCaseEvent): boolean {
  if (event.type === 'IdentityVerified') return true;
  return event.type === 'CaseReceived' && event.data.openedFrom !== undefined && 'customerId' in event.data.openedFrom;
}
