import type { Aggregate } from '#execution';
import type { Facts, Instant } from '#kernel';
import type { Policy } from '#policy';
import type { CustomerEvent, RecordedCustomerEvent } from './events.js';
import { dutiesAfter, dutyDue } from './duties.js';
import { qualityAfter } from './standing.js';
import { evolve, initialCustomer, type CustomerState } from './state.js';
import { visitDue, visitsAfter } from './visits.js';

/** A customer's file, for the executor. Streams are `customer-<id>`. */
export const customerAggregate: Aggregate<CustomerState, CustomerEvent, Policy> = {
  category: 'customer',
  initial: initialCustomer,
  upcasts: {},
  evolve,
  settle,
  follow,
};

export const CUSTOMER_STREAM_PREFIX = `${customerAggregate.category}-`;

export const customerStream = (customerId: string): string => CUSTOMER_STREAM_PREFIX + customerId;

/** The earlier of what is due; the visit where both are due at once. */
function settle(state: CustomerState, until: Instant): readonly CustomerEvent[] {
  const [visit, duty] = [visitDue(state, until), dutyDue(state, until)];
  if (visit.length === 0 || duty.length === 0) return visit.length === 0 ? duty : visit;
  return duty[0]!.occurredAt! < visit[0]!.occurredAt! ? duty : visit;
}

/** Duties come first: a ground of quality that a milestone establishes looks for those that are open already. */
function follow(state: CustomerState, event: RecordedCustomerEvent, facts: Facts<Policy>): readonly CustomerEvent[] {
  return [
    ...dutiesAfter(state, event, facts),
    ...qualityAfter(state, event, facts),
    ...visitsAfter(state, event, facts),
  ];
}
