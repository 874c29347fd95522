export * from './events.js';
export {
  CUSTOMER_EVENT_TYPES,
  customerKeysOf,
  initialCustomer,
  isErased,
  type CustomerState,
  type FileDutyState,
  type MilestoneState,
  type VisitState,
} from './state.js';
export { CUSTOMER_STREAM_PREFIX, customerAggregate, customerStream } from './aggregate.js';
export type { CustomerCommandName, CustomerDecide, Details } from './command.js';
export { CUSTOMER_COMMANDS, type CustomerCommandEntry } from './commands.js';
export * from './file.js';
export * from './milestones.js';
export { assignTier, establishQuality, listSpecialOwner, unlistSpecialOwner, withdrawQuality } from './standing.js';
export type { AssignTier, EstablishQuality, ListSpecialOwner, WithdrawQuality } from './standing.js';
export { endVisit, settleCustomer, type EndVisit } from './ends.js';
