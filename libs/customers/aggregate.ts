import type { Aggregate } from '#execution';
import type { Facts } from '#kernel';
import type { Policy } from '#policy';
import type { CustomerEvent, RecordedCustomerEvent } from './events.js';
import { qualityAfter } from './standing.js';
import { evolve, initialCustomer, type CustomerState } from './state.js';
import { visitDue, visitsAfter } from './visits.js';

/** A customer's file, for the executor. Streams are `customer-<id>`. */
export const customerAggregate: Aggregate<CustomerState, CustomerEvent, Policy> = {
  category: 'customer',
  initial: initialCustomer,
  upcasts: {},
  evolve,
  settle: (state, until) => visitDue(state, until),
  follow,
};

export const CUSTOMER_STREAM_PREFIX = `${customerAggregate.category}-`;

export const customerStream = (customerId: string): string => CUSTOMER_STREAM_PREFIX + customerId;

function follow(state: CustomerState, event: RecordedCustomerEvent, facts: Facts<Policy>): readonly CustomerEvent[] {
  return [...qualityAfter(state, event, facts), ...visitsAfter(state, event, facts)];
}
