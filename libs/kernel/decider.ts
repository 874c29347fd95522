import type { Actor } from './actor.js';
import type { DomainEvent } from './event.js';
import type { Instant } from './instant.js';
import type { JsonObject } from './json.js';
import { isRefusal, type Refusal } from './refusal.js';

/** What a decision may lean on besides command and state: all of it arrives, nothing is fetched. */
export interface Facts<Policy = unknown> {
  /** The instant at which the command is recorded. */
  readonly at: Instant;
  readonly actor: Actor;
  readonly policy: Policy;
  /** Random ids for things (promise, plan …). */
  readonly newId: () => string;
  /** Ids of fresh keys that are already durable (EVENTS.md 8), for parties and free texts. */
  readonly newKey: () => string;
}

export interface Acceptance<E extends DomainEvent> {
  readonly refused: false;
  readonly events: readonly E[];
  /** What the sender is told besides the position, e.g. the id of the promise that was made. */
  readonly result: JsonObject;
  /** Imported: judged by the instants at which things happened, and marked so (EVENTS.md 18). */
  readonly historical?: true;
}

export type Decision<E extends DomainEvent> = Acceptance<E> | Refusal;

export type Decide<C, S, E extends DomainEvent, P = unknown> = (command: C, state: S, facts: Facts<P>) => Decision<E>;

export const accept = <E extends DomainEvent>(events: readonly E[], result: JsonObject = {}): Acceptance<E> => ({
  refused: false,
  events,
  result,
});

export { isRefusal };
