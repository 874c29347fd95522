import { go } from '../frame/place.ts';
import type { Instant } from '../http/shapes.ts';

export type MomentBy = 'recorded' | 'occurred';

/** A moment of the past as which a case is looked at. */
export interface Moment {
  readonly asOf: Instant;
  readonly by: MomentBy;
}

export function momentOf(query: URLSearchParams): Moment | undefined {
  const asOf = query.get('asOf');
  if (!asOf || Number.isNaN(Date.parse(asOf))) return undefined;
  return { asOf, by: query.get('by') === 'occurred' ? 'occurred' : 'recorded' };
}

export function lookAt(caseId: string, moment: Moment | undefined): void {
  go(`/cases/${caseId}`, moment && new URLSearchParams({ asOf: moment.asOf, by: moment.by }));
}

export const momentQuery = (moment: Moment | undefined): string =>
  moment ? `?${new URLSearchParams({ asOf: moment.asOf, by: moment.by }).toString()}` : '';
