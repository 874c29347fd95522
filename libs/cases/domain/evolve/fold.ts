import type { CaseEventType, RecordedCaseEvent } from '../events.js';
import type { CaseFacts, CaseState, Life } from '../state.js';

export type EventOf<T extends CaseEventType> = Extract<RecordedCaseEvent, { type: T }>;

/** How each of some types of events changes a case. Every type of `CaseEvent` must be in one of the tables of this folder. */
export type Folds<T extends CaseEventType> = {
  readonly [K in T]: (state: CaseState, event: EventOf<K>) => CaseState;
};

/**
 * The same thing where it has none of the fields, else a copy without them. Most have none, and a rest pattern would copy
 * each of them field by field.
 */
export function without<T extends object, K extends PropertyKey>(thing: T, fields: readonly K[]): Omit<T, K> {
  if (!fields.some((field) => field in thing)) return thing;
  const dropped: readonly PropertyKey[] = fields;
  return Object.fromEntries(Object.entries(thing).filter(([field]) => !dropped.includes(field))) as Omit<T, K>;
}

const ONLY_IN_A_PHASE = ['waitingFor', 'outcome', 'year', 'reasonCode'] as const;

/** Puts the case into another phase; what only the old one knew goes with it. */
export const enter = (state: CaseState, life: Life): CaseState => ({
  ...(without(state, ONLY_IN_A_PHASE) as CaseFacts),
  ...life,
});

/** The list with the item that matches changed; the same list where none does. */
export const changed = <T>(list: readonly T[], matches: (item: T) => boolean, change: (item: T) => T): readonly T[] =>
  list.some(matches) ? list.map((item) => (matches(item) ? change(item) : item)) : list;

export const withNew = <T>(list: readonly T[], items: readonly T[]): readonly T[] => {
  const fresh = items.filter((item) => !list.includes(item));
  return fresh.length === 0 ? list : [...list, ...fresh];
};

export const unchanged = (state: CaseState): CaseState => state;
