import type { CaseEventType, RecordedCaseEvent } from '../events.js';
import type { CaseState, Life } from '../state.js';

export type EventOf<T extends CaseEventType> = Extract<RecordedCaseEvent, { type: T }>;

/** How each of some types of events changes a case. Every type of `CaseEvent` must be in one of the tables of this folder. */
export type Folds<T extends CaseEventType> = {
  readonly [K in T]: (state: CaseState, event: EventOf<K>) => CaseState;
};

/** Puts the case into another phase; what only the old one knew goes with it. */
export function enter(state: CaseState, life: Life): CaseState {
  const {
    waitingFor: _for,
    outcome: _outcome,
    year: _year,
    reasonCode: _reason,
    ...facts
  } = state as CaseState & Record<'waitingFor' | 'outcome' | 'year' | 'reasonCode', unknown>;
  return { ...facts, ...life };
}

/** The list with the item that matches changed; the same list where none does. */
export const changed = <T>(list: readonly T[], matches: (item: T) => boolean, change: (item: T) => T): readonly T[] =>
  list.some(matches) ? list.map((item) => (matches(item) ? change(item) : item)) : list;

export const withNew = <T>(list: readonly T[], items: readonly T[]): readonly T[] => {
  const fresh = items.filter((item) => !list.includes(item));
  return fresh.length === 0 ? list : [...list, ...fresh];
};

export const unchanged = (state: CaseState): CaseState => state;
