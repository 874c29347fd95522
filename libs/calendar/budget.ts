import { isRefusal, refuse, type Refusal } from '#kernel';
import { DAY_MS } from './local-day.js';
import { LONGEST_MS } from './open-time.js';

/**
 * A length of time as a pack or a person writes it; each unit is a measure of its own, and none is turned into another
 * (REQUIREMENTS, preface):
 * - `PT8H`, `PT1H30M`, `PT7200S`: open time of the calendar;
 * - `2d`, `24h`, `90m`, `45s`: elapses around the clock, `2d` is 48 hours whatever the calendar;
 * - `3bd`: the same time of day on the third working day after the day of the start, which itself does not count;
 * - `3bd@close`: the close of that working day;
 * - `1mo`: the same day and time of day of the next month, or the last day of a month that is too short for it.
 * Each may lead back in time, with a leading `-`.
 */
export type Budget = { readonly text: string; readonly direction: 'on' | 'back' } & (
  | { readonly measure: 'open' | 'elapsed'; readonly durationMs: number }
  | { readonly measure: 'working-days'; readonly days: number; readonly atClose: boolean }
  | { readonly measure: 'months'; readonly months: number }
);

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const UNIT_MS = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS } as const;

const ELAPSED = /^(\d{1,12})([dhms])$/;
const NUMBER = String.raw`(\d{1,12}(?:\.\d{1,3})?)`;
const OPEN = new RegExp(`^PT(?:${NUMBER}H)?(?:${NUMBER}M)?(?:${NUMBER}S)?$`);
const WORKING_DAYS = /^(\d{1,6})bd(@close)?$/;
const MONTHS = /^(\d{1,6})mo$/;

const ALLOWED = 'PT8H (open time), 2d, 24h, 90m or 45s (elapsed), 3bd or 3bd@close (working days), 1mo (same day)';
const MOST_DAYS = LONGEST_MS / DAY_MS;
const MOST_MONTHS = 50 * 12;

/** @returns BUDGET_MALFORMED with what is allowed, or BUDGET_TOO_LONG where it is more than 50 years by itself */
export function parseBudget(text: string): Budget | Refusal {
  const direction = text.startsWith('-') ? 'back' : 'on';
  const amount = direction === 'back' ? text.slice(1) : text;
  const budget = { text, direction } as const;
  const elapsed = ELAPSED.exec(amount);
  if (elapsed) {
    const durationMs = Number(elapsed[1]) * UNIT_MS[elapsed[2] as keyof typeof UNIT_MS];
    return within(durationMs, LONGEST_MS) ?? { ...budget, measure: 'elapsed', durationMs };
  }
  const open = OPEN.exec(amount);
  if (open && amount !== 'PT') {
    const [hours, minutes, seconds] = [open[1], open[2], open[3]].map((digits) => Number(digits ?? 0));
    const durationMs = Math.round(hours! * HOUR_MS + minutes! * MINUTE_MS + seconds! * SECOND_MS);
    return within(durationMs, LONGEST_MS) ?? { ...budget, measure: 'open', durationMs };
  }
  const workingDays = WORKING_DAYS.exec(amount);
  if (workingDays) {
    const days = Number(workingDays[1]);
    const atClose = workingDays[2] !== undefined;
    return within(days, MOST_DAYS) ?? { ...budget, measure: 'working-days', days, atClose };
  }
  const months = MONTHS.exec(amount);
  if (!months) return refuse('BUDGET_MALFORMED', { budget: text, allowed: ALLOWED });
  return within(Number(months[1]), MOST_MONTHS) ?? { ...budget, measure: 'months', months: Number(months[1]) };

  function within(value: number, most: number): Refusal | undefined {
    return value > most ? refuse('BUDGET_TOO_LONG', { budget: text, atMost: '50 years' }) : undefined;
  }
}

/** A budget of a pack: a deadline lies after its cause. @returns BUDGET_NOT_POSITIVE besides what `parseBudget` refuses */
export function parsePackBudget(text: string): Budget | Refusal {
  const budget = parseBudget(text);
  if (isRefusal(budget)) return budget;
  return budget.direction === 'on' && lengthOf(budget) > 0 ? budget : refuse('BUDGET_NOT_POSITIVE', { budget: text });
}

function lengthOf(budget: Budget): number {
  switch (budget.measure) {
    case 'open':
    case 'elapsed':
      return budget.durationMs;
    case 'working-days':
      return budget.days;
    case 'months':
      return budget.months;
    default:
      return budget satisfies never;
  }
}
