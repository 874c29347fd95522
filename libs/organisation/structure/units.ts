import { isDeepStrictEqual } from 'node:util';
import { accept, refuse, type Decide, type Instant, type Refusal } from '#kernel';
import { EVER, type OrganisationEvent, type UnitDetails } from './events.js';
import { Register, type Moment } from './register.js';
import type { OrganisationState, UnitVersion } from './state.js';

export type OrganisationDecide<C> = Decide<C, OrganisationState, OrganisationEvent, null>;

export interface DefineUnit extends UnitDetails {
  readonly unit: string;
  /** Since when it is so: as long as anybody remembers for a unit that is new, else now. */
  readonly from?: Instant;
}

/**
 * O-1: a unit, or what becomes of it from an instant on. What is so already is recognised.
 * Result: `unit`, `known`. Refusals: UNKNOWN_UNIT (its parent), UNIT_LOOP.
 */
export const defineUnit: OrganisationDecide<DefineUnit> = ({ unit, from: asked, ...details }, state, { at }) => {
  const register = new Register(state);
  const isNew = !state.units.some((it) => it.unit === unit);
  const from = asked ?? (isNew ? EVER : at);
  const moment = { at: from, known: at };
  const { parent } = details;
  if (parent !== undefined) {
    const unknown = unknownUnit(register, parent, { at: from > at ? from : at, known: at });
    if (unknown !== undefined) return unknown;
    const path = register.path(parent, moment);
    if (path.includes(unit)) return refuse('UNIT_LOOP', { unit, path });
  }
  const same = state.units.some((it) => it.from === asked && it.unit === unit && isSame(it, details));
  const held = register.unit(unit, moment);
  if (same || (held !== undefined && isSame(held, details))) return accept([], { unit, known: true });
  const data = { unit, ...details, from };
  return accept([{ type: isNew ? 'UnitDefined' : 'UnitChanged', data }], { unit, known: false });
};

export interface CloseUnit {
  readonly unit: string;
  /** Now where left out. */
  readonly from?: Instant;
}

/** Result: `unit`. Refusals: UNKNOWN_UNIT, UNIT_NEEDED by the units below it. */
export const closeUnit: OrganisationDecide<CloseUnit> = ({ unit, from: asked }, state, { at }) => {
  const register = new Register(state);
  const from = asked ?? at;
  const moment = { at: from, known: at };
  const unknown = unknownUnit(register, unit, moment);
  if (unknown !== undefined) return unknown;
  const below = register.units(moment).filter(({ parent }) => parent === unit);
  if (below.length > 0) return refuse('UNIT_NEEDED', { unit, by: below.map((it) => it.unit) });
  return accept([{ type: 'UnitClosed', data: { unit, from } }], { unit });
};

/** Why a unit cannot be meant, with those that can. */
export function unknownUnit(register: Register, unit: string, moment: Moment): Refusal | undefined {
  if (register.unit(unit, moment) !== undefined) return undefined;
  return refuse('UNKNOWN_UNIT', { unit, allowed: register.units(moment).map((it) => it.unit) });
}

function isSame({ label, parent, kind, pack, closed }: UnitVersion, details: UnitDetails): boolean {
  return !closed && isDeepStrictEqual(present({ label, parent, kind, pack }), present({ ...details }));
}

const present = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, plain(value)]])),
  );

/** What a command class holds compares as what the log holds. */
const plain = (value: unknown): unknown => (typeof value === 'object' && value !== null ? { ...value } : value);
