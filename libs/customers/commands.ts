import type { Role } from '#kernel';
import { isInternal, rolesOf, type CustomerCommandName, type CustomerDecide } from './command.js';
import { endVisit, settleCustomer } from './ends.js';
import {
  addContact,
  addCustomerNote,
  assignLiaison,
  changeUnit,
  correctContact,
  correctDetails,
  registerCustomer,
  removeContact,
  reviewFile,
} from './file.js';
import { correctMilestone, recordMilestone, withdrawMilestone } from './milestones.js';
import { assignTier, establishQuality, listSpecialOwner, unlistSpecialOwner, withdrawQuality } from './standing.js';

export interface CustomerCommandEntry {
  readonly name: CustomerCommandName;
  readonly decide: CustomerDecide<object>;
  readonly roles: readonly Role[];
  readonly summary: string;
  /** Sent by the engine's own parts only: it has no route of its own. */
  readonly internal: boolean;
}

/** Who dispatches pairs each command with its own decider by this entry, which the compiler cannot follow. */
const entry = (name: CustomerCommandName, decide: CustomerDecide<never>, summary: string): CustomerCommandEntry => ({
  name,
  decide: decide as CustomerDecide<object>,
  roles: rolesOf(name),
  summary,
  internal: isInternal(name),
});

/** Every command on a customer's file: HTTP routes and OpenAPI are derived from here. */
export const CUSTOMER_COMMANDS: readonly CustomerCommandEntry[] = [
  entry('RegisterCustomer', registerCustomer, "Open a customer's file"),
  entry('CorrectDetails', correctDetails, 'Correct the details: all of them, as they are now'),
  entry('ChangeUnit', changeUnit, 'Say which unit the customer is with'),
  entry('ReviewFile', reviewFile, 'Record that a superior reviewed the file'),
  entry('AssignTier', assignTier, 'Assign a tier of the pack'),
  entry('EstablishQuality', establishQuality, 'Record why it is a quality customer'),
  entry('WithdrawQuality', withdrawQuality, 'Take a ground of quality back'),
  entry('ListSpecialOwner', listSpecialOwner, 'List the owner apart'),
  entry('UnlistSpecialOwner', unlistSpecialOwner, 'List the owner apart no more'),
  entry('RecordMilestone', recordMilestone, 'Record a milestone: signed, handed over'),
  entry('CorrectMilestone', correctMilestone, 'Correct the date of a milestone'),
  entry('WithdrawMilestone', withdrawMilestone, 'Take a milestone back'),
  entry('AddContact', addContact, 'Add a contact'),
  entry('CorrectContact', correctContact, 'Correct a contact: all details, as they are now'),
  entry('RemoveContact', removeContact, 'Remove a contact'),
  entry('AssignLiaison', assignLiaison, 'Say who of ours keeps the contact'),
  entry('AddNote', addCustomerNote, 'Add a note'),
  entry('SettleCustomer', settleCustomer, 'Settle what is due'),
  entry('EndVisit', endVisit, 'Record that a visit has come to its end'),
];
