import type { CaseState } from './state.js';

/**
 * Who holds a post of the pack in a case: its owner, who received it, the unit that handles it. Any other word is the name of
 * a post or a person and stands for itself.
 */
export function holderOf(post: string, state: CaseState): string {
  switch (post) {
    case 'owner':
      return state.owner ?? post;
    case 'receiver':
      return state.receivedBy ?? post;
    case 'unit':
      return state.unit ?? post;
    default:
      return post;
  }
}

export const holdersOf = (posts: readonly string[], state: CaseState): readonly string[] => [
  ...new Set(posts.map((post) => holderOf(post, state))),
];
