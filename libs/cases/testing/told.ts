import { caseAggregate, occurrence } from '../domain/index.js';
import type { Story } from './story.js';

/** Who is told of what by the rules of the pack, in the order in which it happened: `rule: posts`, those at once with a mark. */
export function toldIn({ desk }: Story): readonly string[] {
  const told: string[] = [];
  let state = caseAggregate.initial;
  for (const event of desk.events) {
    state = caseAggregate.evolve(state, event);
    for (const { id, to, urgent } of desk.policy.notices?.rulesOn(occurrence(state, event, desk.policy)) ?? []) {
      told.push(`${id}: ${to.join(', ')}${urgent ? '!' : ''}`);
    }
  }
  return told;
}
