import { refuse, type Facts, type Refusal } from '#kernel';
import type { Policy } from '#policy';

/** O-1: why a unit cannot be given a case, with those that can. Any can while no unit was ever defined. */
export function unknownUnit(unit: string | undefined, { at, policy: { posts } }: Facts<Policy>): Refusal | undefined {
  if (unit === undefined || posts.knowsUnit(unit, at)) return undefined;
  return refuse('UNKNOWN_UNIT', { unit, allowed: posts.units(at) });
}
