import { caseAggregate, type CaseEvent, type CaseState, type RecordedCaseEvent } from '#cases';
import { ENGINE, isRefusal, newId, type Facts, type Instant, type RecordedEvent } from '#kernel';
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

/** What follows from what is settled comes to rest long before this. */
const MOST_SETTLED = 1000;

/**
 * The state with all settled that was due strictly before the instant, though nobody has written it: reading is never behind
 * (EVENTS.md 17). Nothing is stored; a timer or the next command will write the same.
 */
export function settledUpTo(state: CaseState, until: Instant, policy: Policy): CaseState {
  const facts: Facts<Policy> = { at: until, actor: ENGINE, policy, newId, newKey: newId };
  let settled = state;
  for (let count = 0; count < MOST_SETTLED; count++) {
    const due = caseAggregate.settle(settled, until, facts);
    if (due.length === 0) return settled;
    settled = due.reduce((before, event) => withFollowers(before, event, facts), settled);
  }
  return settled;
}

function withFollowers(state: CaseState, event: CaseEvent, facts: Facts<Policy>): CaseState {
  const recorded = imagined(state, event, facts);
  const after = caseAggregate.evolve(state, recorded);
  const followers = caseAggregate.follow(after, recorded, facts);
  // What follows from settlement is never refused (libs/execution).
  return isRefusal(followers) ? after : followers.reduce((now, follower) => withFollowers(now, follower, facts), after);
}

/** What the executor would write, but for the seal: it stands behind all that is recorded. */
const imagined = (state: CaseState, event: CaseEvent, { at }: Facts<Policy>): RecordedCaseEvent =>
  ({
    id: newId(),
    stream: state.stream ?? '',
    revision: Number.MAX_SAFE_INTEGER,
    type: event.type,
    data: event.data ?? {},
    personal: {},
    meta: {
      v: 1,
      actor: ENGINE,
      occurredAt: event.occurredAt ?? at,
      recordedAt: at,
      correlationId: '',
      command: { id: '', digest: '' },
      policy: { pack: '', version: '' },
      prev: '',
      hash: '',
    },
  }) as unknown as RecordedCaseEvent;
