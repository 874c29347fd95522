import type { Weekday } from './local-day.js';

/**
 * Opening and closing on the clock of the place: `["09:00", "17:30"]`, to the second or millisecond where need be. A day
 * ends at `"24:00"`. A closing that is not after the opening is on the next day (`["22:00", "06:00"]`); such a shift
 * belongs to the day on which it begins, so that a holiday takes the shift that begins on it and no other.
 */
export type Hours = readonly [opening: string, closing: string];

/**
 * When a place works. Hours are what the clock on the wall shows: an hour that daylight saving leaves out is not worked,
 * one that it doubles is worked twice. For one day the first of these that speaks of it holds: `days`, `holidays`, `yearly`,
 * make-up workdays of the country, its public holidays, `week`.
 */
export interface CalendarDefinition {
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly zone: string;
  /** Any number of intervals per weekday; a weekday that is not named is closed. */
  readonly week?: Readonly<Partial<Record<Weekday, readonly Hours[]>>>;
  /** Dates on which it is closed: `2026-01-01`. */
  readonly holidays?: readonly string[];
  /** Days of every year on which it is closed: `12-25`. */
  readonly yearly?: readonly string[];
  /** Dates with hours of their own (half days, make-up workdays of the house); none means closed. */
  readonly days?: Readonly<Record<string, readonly Hours[]>>;
  /** Whose public holidays are kept: `CN` by published snapshots, others by rule, with a region where it matters: `DE-BY`. */
  readonly country?: string;
  /** A snapshot other than the newest of the country, e.g. `cn-2025`. */
  readonly snapshot?: string;
  /** The weekday whose hours a make-up workday (调休) of the country has; else the first one of the week with hours. */
  readonly makeUpHours?: Weekday;
}
