import { isDeepStrictEqual } from 'node:util';
import { accept, refuse, type Facts, type Instant, type Refusal, type Secret } from '#kernel';
import type { OrganisationEvent, PostDetails } from './events.js';
import { endOf, overlaps, Register } from './register.js';
import type { Assignment } from './state.js';
import { unknownUnit, type OrganisationDecide } from './units.js';

export interface DefinePost extends Omit<PostDetails, 'single' | 'inWriting'> {
  readonly post: string;
  readonly single?: boolean;
  readonly inWriting?: boolean;
}

/** O-2: what a post demands. It holds from when it is recorded. Result: `post`, `known`. */
export const definePost: OrganisationDecide<DefinePost> = (command, state, { at }) => {
  const { post, label, single = false, neededIn, inWriting } = command;
  const data = {
    post,
    ...(label === undefined ? {} : { label: { ...label } }),
    single,
    ...(neededIn === undefined || neededIn.length === 0 ? {} : { neededIn: [...neededIn] }),
    ...(inWriting === true ? { inWriting } : {}),
  };
  const { recordedAt: _, ...before } = new Register(state).post(post, at) ?? { recordedAt: '' };
  if (isDeepStrictEqual(before, data)) return accept([], { post, known: true });
  return accept([{ type: 'PostDefined', data }], { post, known: false });
};

interface Place {
  readonly post: string;
  /** Organisation-wide where left out. */
  readonly unit?: string;
}

export interface AssignPost extends Place {
  readonly person: string;
  /** Now where left out. */
  readonly from?: Instant;
  /** The first instant at which they do not hold it any more. */
  readonly to?: Instant;
  /** Whoever holds it is relieved when this one begins. */
  readonly change?: boolean;
  readonly reason?: string;
}

/**
 * O-1, O-2: a person holds a post from an instant on. What is so already is recognised. A post that is single has one holder
 * at a time; one whose changes are registered in writing takes a second holder only with a reason.
 * Result: `assignment`, `known`. Refusals: UNKNOWN_POST, UNKNOWN_UNIT, TO_BEFORE_FROM, ALREADY_HOLDS, POST_HELD,
 * REASON_MISSING.
 */
export const assignPost: OrganisationDecide<AssignPost> = (command, state, facts) => {
  const { post, unit, person, to, reason } = command;
  const { at } = facts;
  const from = command.from ?? at;
  const register = new Register(state);
  const refusal = misplaced(command, register, at);
  if (refusal !== undefined) return refusal;
  if (to !== undefined && to <= from) return refuse('TO_BEFORE_FROM', { from, to });
  const others = register.assignments(post, unit).filter((it) => overlaps(it, from, to, at));
  const own = others.find((it) => it.person === person);
  if (own !== undefined) return alreadyHeld(own, command, at);
  const { single, inWriting } = register.post(post, at)!;
  const relieved = command.change === true ? others.filter((it) => it.from < from) : [];
  const held = single ? others.find((it) => !relieved.includes(it)) : undefined;
  if (held !== undefined) return refuse('POST_HELD', { post, ...placed(unit), ...shown(held, at) });
  const isChange = register.assignments(post, unit).some((it) => it.person !== person);
  if (inWriting === true && isChange && reason === undefined)
    return refuse('REASON_MISSING', { post, ...placed(unit) });
  const assignment = facts.newId();
  const inPlaceOf = relieved.map((it) => it.person);
  const events: OrganisationEvent[] = [
    ...relieved.map((it) => endedBy(it, from)),
    {
      type: 'PostAssigned',
      data: {
        ...{ assignment, post, ...placed(unit), person, from },
        ...(to === undefined ? {} : { to }),
        ...(inPlaceOf.length === 0 ? {} : { inPlaceOf }),
      },
      ...given(reason, facts),
    },
  ];
  return accept(events, { assignment, known: false });
};

export interface EndPost extends Place {
  readonly person: string;
  /** The first instant at which they do not hold it any more; now where left out. */
  readonly to?: Instant;
  readonly reason?: string;
}

/**
 * The end of what a person holds, or would hold. One that never was ends when it begins. Result: `assignment`, `known`.
 * Refusals: UNKNOWN_POST, UNKNOWN_UNIT, POST_NOT_HELD, TO_BEFORE_FROM, ENDED_ALREADY, REASON_MISSING.
 */
export const endPost: OrganisationDecide<EndPost> = (command, state, facts) => {
  const { post, unit, person, reason } = command;
  const { at } = facts;
  const to = command.to ?? at;
  const register = new Register(state);
  const refusal = misplaced(command, register, at);
  if (refusal !== undefined) return refusal;
  const all = register.assignments(post, unit).filter((it) => it.person === person && endOf(it, at) !== it.from);
  const held = all.findLast((it) => it.from <= to) ?? all[0];
  if (held === undefined) return refuse('POST_NOT_HELD', { post, ...placed(unit), person });
  const end = endOf(held, at);
  if (end === to) return accept([], { assignment: held.id, known: true });
  if (to < held.from) return refuse('TO_BEFORE_FROM', { from: held.from, to });
  if (end !== undefined && end < to) return refuse('ENDED_ALREADY', shown(held, at));
  if (register.post(post, at)?.inWriting === true && reason === undefined) {
    return refuse('REASON_MISSING', { post, ...placed(unit) });
  }
  return accept([{ ...endedBy(held, to), ...given(reason, facts) }], { assignment: held.id, known: false });
};

function misplaced({ post, unit }: Place, register: Register, at: Instant): Refusal | undefined {
  if (register.post(post, at) === undefined) {
    return refuse('UNKNOWN_POST', { post, allowed: register.posts(at).map((it) => it.post) });
  }
  return unit === undefined ? undefined : unknownUnit(register, unit, { at, known: at });
}

function alreadyHeld(own: Assignment, { from, to }: AssignPost, at: Instant) {
  const isSame = (from === undefined || own.from === from) && (to === undefined || endOf(own, at) === to);
  if (isSame) return accept<OrganisationEvent>([], { assignment: own.id, known: true });
  return refuse('ALREADY_HOLDS', shown(own, at));
}

const endedBy = ({ id, post, unit, person }: Assignment, to: Instant) =>
  ({ type: 'PostEnded', data: { assignment: id, post, ...placed(unit), person, to } }) as const;

const placed = (unit: string | undefined): { unit?: string } => (unit === undefined ? {} : { unit });

function shown(held: Assignment, at: Instant): { assignment: string; person: string; from: Instant; to?: Instant } {
  const to = endOf(held, at);
  return { assignment: held.id, person: held.person, from: held.from, ...(to === undefined ? {} : { to }) };
}

/** Every free text is personal, and has a key of its own (EVENTS.md 6, 7). */
const given = (reason: string | undefined, { newKey }: Facts<null>): { personal?: { reason: Secret } } =>
  reason === undefined ? {} : { personal: { reason: { keyId: newKey(), mentions: [], value: reason } } };
