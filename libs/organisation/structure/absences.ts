import { accept, refuse, type Instant } from '#kernel';
import { endOf, overlaps, Register } from './register.js';
import type { OrganisationDecide } from './units.js';

export interface RecordAbsence {
  readonly person: string;
  /** Who stands in for them in all their posts. */
  readonly delegate: string;
  /** Now where left out. */
  readonly from?: Instant;
  /** The first instant at which they are back. */
  readonly to?: Instant;
}

/**
 * O-1: somebody is away and another person stands in. Result: `absence`, `known`.
 * Refusals: OWN_DELEGATE, TO_BEFORE_FROM, ABSENT_ALREADY.
 */
export const recordAbsence: OrganisationDecide<RecordAbsence> = (command, state, { at, newId }) => {
  const { person, delegate, to } = command;
  const from = command.from ?? at;
  if (person === delegate) return refuse('OWN_DELEGATE', { person });
  if (to !== undefined && to <= from) return refuse('TO_BEFORE_FROM', { from, to });
  const away = new Register(state).absences(person).find((it) => overlaps(it, from, to, at));
  if (away !== undefined) {
    const end = endOf(away, at);
    const isSame = away.delegate === delegate && (command.from ?? away.from) === away.from && end === to;
    if (isSame) return accept([], { absence: away.id, known: true });
    const { id: absence, from: since } = away;
    return refuse('ABSENT_ALREADY', { absence, delegate: away.delegate, from: since, ...(end && { to: end }) });
  }
  const absence = newId();
  const data = { absence, person, delegate, from, ...(to === undefined ? {} : { to }) };
  return accept([{ type: 'AbsenceRecorded', data }], { absence, known: false });
};

export interface EndAbsence {
  readonly person: string;
  /** The first instant at which they are back; now where left out. */
  readonly to?: Instant;
}

/** Somebody is back, or does not go. Result: `absence`, `known`. Refusals: NOT_ABSENT. */
export const endAbsence: OrganisationDecide<EndAbsence> = ({ person, to: asked }, state, { at }) => {
  const to = asked ?? at;
  const absences = new Register(state).absences(person);
  const known = absences.find((it) => endOf(it, at) === to);
  if (known !== undefined) return accept([], { absence: known.id, known: true });
  // The one that would go on, else the next one, which does not begin then.
  const away = absences.find((it) => overlaps(it, to, undefined, at));
  if (away === undefined) return refuse('NOT_ABSENT', { person, at: to });
  const end = away.from > to ? away.from : to;
  const data = { absence: away.id, person, to: end };
  return accept([{ type: 'AbsenceEnded', data }], { absence: away.id, known: false });
};
