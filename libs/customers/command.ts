import { refuse, type Decide, type Facts, type JsonObject, type Refusal, type Role, type Secret } from '#kernel';
import type { Policy } from '#policy';
import type { CustomerEvent } from './events.js';
import { isErased, type CustomerState } from './state.js';

export type CustomerDecide<C> = Decide<C, CustomerState, CustomerEvent, Policy>;

/** What is known of a person or company. All of it is personal. */
export interface Details {
  readonly name?: string;
  readonly phone?: string;
  /** At least two phones are asked for in the owner's file (section 12). */
  readonly secondPhone?: string;
  readonly email?: string;
  readonly address?: string;
  readonly room?: string;
  readonly plate?: string;
  /** How another system knows them. */
  readonly reference?: string;
  /** What they are to the customer, of a contact. */
  readonly position?: string;
}

const HANDLERS = ['agent', 'supervisor', 'administrator'] as const;
const LEADERS = ['supervisor', 'administrator'] as const;
/** Other systems may enter customers and what happens to them; they do not judge. */
const ALL_HANDS = ['agent', 'supervisor', 'administrator', 'service'] as const;
const ENGINE_ONLY: readonly Role[] = [];

/** Who may give which command; those without a role are the engine's own. */
const ROLES_OF = {
  RegisterCustomer: ALL_HANDS,
  CorrectDetails: ALL_HANDS,
  ChangeUnit: HANDLERS,
  ReviewFile: LEADERS,
  AssignTier: HANDLERS,
  EstablishQuality: HANDLERS,
  WithdrawQuality: HANDLERS,
  ListSpecialOwner: HANDLERS,
  UnlistSpecialOwner: HANDLERS,
  RecordMilestone: ALL_HANDS,
  CorrectMilestone: ALL_HANDS,
  WithdrawMilestone: HANDLERS,
  AddContact: ALL_HANDS,
  CorrectContact: ALL_HANDS,
  RemoveContact: HANDLERS,
  AssignLiaison: HANDLERS,
  AddNote: ALL_HANDS,
  SettleCustomer: ENGINE_ONLY,
  EndVisit: ENGINE_ONLY,
} satisfies Record<string, readonly Role[]>;

export type CustomerCommandName = keyof typeof ROLES_OF;

export const rolesOf = (name: CustomerCommandName): readonly Role[] => ROLES_OF[name];
export const isInternal = (name: CustomerCommandName): boolean => ROLES_OF[name].length === 0;

/**
 * A command as the executor decides it. What the engine itself does is allowed whatever became of the customer.
 * Refusals: ROLE_NOT_ALLOWED, CUSTOMER_ERASED.
 */
export const decider =
  <C>(name: CustomerCommandName, decide: CustomerDecide<C>): CustomerDecide<C> =>
  (command, state, facts) => {
    const { role } = facts.actor;
    const allowed: readonly Role[] = ROLES_OF[name];
    if (role !== 'engine' && !allowed.includes(role))
      return refuse('ROLE_NOT_ALLOWED', { command: name, role, allowed });
    if (role !== 'engine' && isErased(state)) return refuse('CUSTOMER_ERASED');
    return decide(command, state, facts);
  };

/** Under the customer's own key, or that of a contact. */
export const detailsSecret = (keyId: string, details: Details): Secret => ({ keyId, value: present(details) });

/** A free text under a key of its own, which mentions the customer (EVENTS.md 7); undefined where there is none. */
export const freeText = (
  text: string | undefined,
  { partyId }: Pick<CustomerState, 'partyId'>,
  facts: Facts<Policy>,
): Secret | undefined => (text === undefined ? undefined : { keyId: facts.newKey(), mentions: [partyId], value: text });

/** The names of what is known. */
export const givenIn = (details: Details): readonly string[] => Object.keys(present(details)).sort();

/** Without the fields that were left out. */
export const present = (fields: object): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;

/** What the pack does not know, with what it knows. */
export function unknownWord(
  code: string,
  word: string,
  known: readonly { readonly id: string }[],
): Refusal | undefined {
  return known.some(({ id }) => id === word)
    ? undefined
    : refuse(code, { given: word, allowed: known.map(({ id }) => id) });
}
