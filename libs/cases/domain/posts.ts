import type { Policy } from '#policy';
import type { Instant } from '#kernel';
import type { CaseFacts } from './state.js';

/** What of a case says who holds the posts that are its own. */
export type Held = Pick<CaseFacts, 'owner' | 'unit' | 'firstReceiver' | 'receivedBy'>;

/**
 * Who holds a post of the pack in a case, as it was known at an instant: its owner, who received it, the unit that handles
 * it, and the posts of that unit's organisation. A post that nobody holds stands for itself, so that what was owed is seen.
 */
export function holdersOf(posts: readonly string[], state: Held, policy: Policy, at: Instant): readonly string[] {
  return [...new Set(posts.flatMap((post) => holdersOfOne(post, state, policy, at)))];
}

function holdersOfOne(post: string, state: Held, policy: Policy, at: Instant): readonly string[] {
  switch (post) {
    case 'owner':
      return [state.owner ?? post];
    case 'receiver':
      return [state.firstReceiver ?? state.receivedBy ?? post];
    case 'unit':
      return [state.unit ?? post];
    default: {
      const persons = policy.posts.holders(post, state.unit, at);
      return persons.length === 0 ? [post] : persons;
    }
  }
}
