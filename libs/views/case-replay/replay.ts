import { caseAggregate, type CaseState, type RecordedCaseEvent } from '#cases/domain';
import { BEHIND_ALL } from '#cases/explanation';
import { Draft, emptyHead, SETTLEMENT } from '#execution';
import { ENGINE, newId, type Facts, type Instant, type RecordedEvent } from '#kernel';
import type { Policy } from '#policy';
import { emptySheet, withEvent, type Sheet, type ShownEvent } from './sheet.js';

/** In which order a case is told: as it became known, or as it happened. */
export const ORDERS = ['recorded', 'occurred'] as const;
export type Order = (typeof ORDERS)[number];

/** An event of the log with its parts as the reader may see them; `sealed` says under which keys they stand. */
export interface Told {
  readonly sealed: RecordedEvent;
  readonly shown: ShownEvent;
}

/** A case at one moment: what it is, and the words that belong to it. */
export interface Reading {
  readonly state: CaseState;
  readonly sheet: Sheet;
}

export const blank: Reading = { state: caseAggregate.initial, sheet: emptySheet };

/**
 * The events of a case as of an instant. By recorded time: what was known then, in the order of the log. By occurred time:
 * what had happened by then, whenever it became known; ties go by revision (DESIGN "by occurred time").
 */
export function asOf<T extends { readonly sealed: RecordedEvent }>(events: readonly T[], by: Order, at?: Instant): T[] {
  const until = events.filter(({ sealed: { meta } }) => {
    const when = by === 'recorded' ? meta.recordedAt : meta.occurredAt;
    return at === undefined || when <= at;
  });
  if (by === 'recorded') return until;
  return until.sort((a, b) => {
    const [x, y] = [a.sealed.meta.occurredAt, b.sealed.meta.occurredAt];
    if (x !== y) return x < y ? -1 : 1;
    return a.sealed.revision - b.sealed.revision;
  });
}

/** The case after one more event. */
export function advanced({ state, sheet }: Reading, { sealed, shown }: Told): Reading {
  const after = caseAggregate.evolve(state, sealed as RecordedCaseEvent);
  const partyIds = new Set(after.parties.map(({ partyId }) => partyId));
  return { state: after, sheet: withEvent(sheet, shown, (part) => sealed.personal[part]?.keyId, partyIds) };
}

export const told = (events: readonly Told[]): Reading => events.reduce(advanced, blank);

/** A case with all settled that was due strictly before an instant, and the events by which it is. */
export interface Settled {
  readonly state: CaseState;
  /** Nobody has written them: each stands behind all that is recorded. */
  readonly events: readonly RecordedCaseEvent[];
}

/**
 * The case with all settled that was due strictly before the instant, though nobody has written it: reading is never behind
 * (EVENTS.md 17). Nothing is stored; a timer or the next command will write the same, for it is drafted by the same means.
 */
export function settled(state: CaseState, until: Instant, policy: Policy): Settled {
  const facts: Facts<Policy> = { at: until, actor: ENGINE, policy, newId, newKey: newId };
  const ruling = { pack: policy.id, version: policy.version, policy };
  const origin = { commandId: SETTLEMENT, digest: '', correlationId: '' };
  const folded = { state, head: { ...emptyHead(), revision: BEHIND_ALL } };
  const draft = new Draft(caseAggregate, state.stream ?? '', folded, origin, facts, {
    first: ruling,
    after: () => ruling,
  });
  while (!draft.settle(until));
  return { state: draft.state, events: draft.events.map(({ recorded }) => recorded as RecordedCaseEvent) };
}

export const settledUpTo = (state: CaseState, until: Instant, policy: Policy): CaseState =>
  settled(state, until, policy).state;
