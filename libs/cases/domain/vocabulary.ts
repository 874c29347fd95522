import type { ClockOrigin, GatedCommand, PackCircumstance, PackKind, PackSeverity, TriggerEvent } from '#policy';
import type { CaseEvent, CaseEventType, CaseKind, Circumstance, Severity } from './events.js';
import type { CommandName } from './legal.js';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Within<A, B> = [A] extends [B] ? true : never;
type CountsFrom = Extract<CaseEvent, { type: 'DeadlineSet' }>['data']['countsFrom'];

/** Packs are written in the words of the domain: this stops compiling where the two lists part. */
export const PACKS_SPEAK_THE_DOMAIN: [
  Same<PackKind, CaseKind>,
  Same<PackSeverity, Severity>,
  Same<PackCircumstance, Circumstance>,
  Within<TriggerEvent, CaseEventType>,
  Within<ClockOrigin, CountsFrom>,
  Within<GatedCommand, CommandName>,
] = [true, true, true, true, true, true];
