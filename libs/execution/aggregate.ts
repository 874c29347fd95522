import type { DomainEvent, Facts, Instant, Recorded, Refusal, Upcasts } from '#kernel';

/** What the executor must know of a kind of stream to run commands on it. All functions are pure. */
export interface Aggregate<S, E extends DomainEvent, P> {
  /** Stream names are `<category>-<id>`. */
  readonly category: string;
  readonly initial: S;
  readonly upcasts: Upcasts;
  /** Total: folds every event in any order without throwing. Sees no personal word: parts stay sealed. */
  evolve(state: S, event: Recorded<E>): S;
  /**
   * The events of the earliest thing due strictly before `until`, by due instant, clock id, run (EVENTS.md 12, 13); none
   * where nothing is due. Called again until nothing more follows. Each event carries its due instant as `occurredAt`.
   */
  settle(state: S, until: Instant, facts: Facts<P>): readonly E[];
  /**
   * What follows from an event that was just folded: severity grounds, deadlines set, met or cancelled, verdicts
   * corrected. Follows in the same append; called for its own events too, so it must come to rest. A refusal refuses the
   * command; what follows from settlement is never refused.
   */
  follow(state: S, event: Recorded<E>, facts: Facts<P>): readonly E[] | Refusal;
}
