import { isRefusal, refuse, type Decide, type Facts, type Instant, type Refusal, type Secret } from '#kernel';
import type { Policy } from '#policy';
import { gate, mainComplainant, type CaseEvent, type CaseState, type CommandName } from './domain/index.js';
import { InstantField, ListField, TextField } from './fields.js';

export type CaseDecide<C> = Decide<C, CaseState, CaseEvent, Policy>;

/** What every command on a case may carry. */
export abstract class CaseCommand {
  @InstantField({ optional: true, description: 'When it happened, where that was before it is recorded (I-3)' })
  occurredAt?: Instant;
}

/** A command with free text: the text is destroyed when one of the parties it mentions is erased (EVENTS.md 7). */
export abstract class TextCommand extends CaseCommand {
  @ListField('id', { optional: true, description: 'Parties whom the text mentions; the complainant where left out' })
  mentions?: string[];
}

/** What is known of a person who stands in a case. All of it is personal. */
export class PersonDetails {
  @TextField({ optional: true, max: 1000 })
  name?: string;

  @TextField({ optional: true, max: 1000 })
  phone?: string;

  @TextField({ optional: true, max: 1000 })
  email?: string;

  @TextField({ optional: true, max: 1000 })
  address?: string;

  @TextField({ optional: true, max: 1000, description: 'A number or pseudonym by which another system knows them' })
  reference?: string;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the fields that were left out: an optional field of an event is left out, never null. */
export const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;

/** Seals free texts of a command: each under a key of its own, mentioning whom the command says. */
export function freeText(
  command: TextCommand,
  state: CaseState,
  facts: Facts<Policy>,
): <T extends string | undefined>(value: T) => Secret | (undefined extends T ? undefined : never) {
  const complainant = mainComplainant(state);
  const mentions = command.mentions ?? (complainant === undefined ? [] : [complainant]);
  return (value) => (value === undefined ? undefined : secretText(facts, mentions, value)) as never;
}

export const secretText = (facts: Facts<Policy>, mentions: readonly string[], value: string): Secret => ({
  keyId: facts.newKey(),
  mentions,
  value,
});

/** A person's details under the key of their party; undefined where nothing is known of them. */
export const personSecret = (partyId: string, details: PersonDetails | undefined): Secret | undefined => {
  const value = present({
    name: details?.name,
    phone: details?.phone,
    email: details?.email,
    address: details?.address,
    reference: details?.reference,
  });
  return Object.keys(value).length === 0 ? undefined : { keyId: partyId, value: { ...value } };
};

/**
 * A command as the executor decides it: who may, when in the life of the case, and then what it does. What it decided
 * happened when the command says it happened.
 * Refusals besides those of the gate: OCCURRED_IN_FUTURE (K-8), UNKNOWN_PARTY.
 */
export const decider =
  <C extends CaseCommand>(name: CommandName, decide: CaseDecide<C>): CaseDecide<C> =>
  (command, state, facts) => {
    const refusal = gate(name, state, facts) ?? misplaced(command, state, facts);
    if (refusal !== undefined) return refusal;
    const decision = decide(command, state, facts);
    const { occurredAt } = command;
    if (isRefusal(decision) || occurredAt === undefined) return decision;
    return { ...decision, events: decision.events.map((event) => ({ occurredAt, ...event })) };
  };

function misplaced(command: CaseCommand & TextCommand, state: CaseState, facts: Facts): Refusal | undefined {
  const { occurredAt, mentions } = command;
  if (occurredAt !== undefined && occurredAt > facts.at) {
    return refuse('OCCURRED_IN_FUTURE', { occurredAt, now: facts.at });
  }
  const unknown = mentions?.find((partyId) => !isParty(state, partyId));
  return unknown === undefined ? undefined : unknownParty(state, unknown);
}

export const isParty = (state: CaseState, partyId: string): boolean =>
  state.parties.some((party) => party.partyId === partyId);

export const unknownParty = (state: CaseState, partyId: string): Refusal =>
  refuse('UNKNOWN_PARTY', { partyId, parties: state.parties.map((party) => party.partyId) });
