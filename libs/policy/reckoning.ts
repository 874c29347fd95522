import { between, deadline, SHIPPED_CALENDARS, type Budget, type Calendar, type Pause } from '#calendar';
import { epochMs, isRefusal, type Instant, type Refusal } from '#kernel';
import { calendarNamed, type Calendars } from './calendars.js';
import type { Pack } from './schema/pack.js';
import { IMMEDIATELY, type PackBudget } from './schema/words.js';

/** What a run of a clock is counted from, and what it does not run in. */
export interface Span {
  readonly startsAt: Instant;
  readonly pauses: readonly Pause[];
  /** Whose knowledge counts: holidays that were published later are not leant on (EVENTS.md 14). */
  readonly knownAt: Instant;
}

/** How a budget is to be counted. */
export interface Measured {
  readonly budget: PackBudget;
  readonly calendar?: string | undefined;
  readonly warnAt?: readonly number[];
}

/** K-9, K-10: a deadline with all that it rests on, as it goes on record. What does not apply is left out. */
export type Reckoned = {
  readonly dueAt: Instant;
  readonly budget: string;
  readonly calendar?: { readonly name: string; readonly version: string };
  /** The years it reaches whose public holidays are not published yet: until they are it is provisional (K-10). */
  readonly provisionalYears?: readonly number[];
  /** When so many percent of the budget are used up (K-7). */
  readonly warnings?: readonly { readonly percent: number; readonly at: Instant }[];
};

/** Counts budgets of a pack on its calendars. */
export class Reckoning {
  constructor(
    private readonly pack: Pick<Pack, 'calendars' | 'immediately'>,
    private readonly calendars: Calendars,
  ) {}

  /**
   * When a budget is used up, and its warnings.
   * @returns BUDGET_TOO_LONG where pauses push it beyond 50 years, INSTANT_OUT_OF_RANGE
   */
  reckon({ budget, calendar: name, warnAt = [] }: Measured, span: Span): Reckoned | Refusal {
    const calendar = this.calendar(name, span.knownAt);
    const inFull = this.inFull(budget);
    const due = deadline(calendar, span.startsAt, inFull, span.pauses);
    if (isRefusal(due)) return due;
    const warnings = warnAt.map((percent) => ({
      percent,
      at: partOf(percent, { calendar, budget: inFull, dueAt: due.dueAt, span }),
    }));
    return {
      dueAt: due.dueAt,
      budget: textOf(budget),
      ...(name === undefined ? {} : { calendar: { name, version: calendar.version } }),
      ...(due.unpublishedYears.length === 0 ? {} : { provisionalYears: due.unpublishedYears }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  }

  /** Whether the pack or the engine has a calendar of that name. */
  has(name: string | undefined): boolean {
    return name === undefined || calendarNamed(this.pack.calendars, name) !== undefined;
  }

  /** The calendar of that name as it was known; around the clock where none is named. */
  calendar(name: string | undefined, knownAt: Instant): Calendar {
    const definition = name === undefined ? SHIPPED_CALENDARS['always'] : calendarNamed(this.pack.calendars, name);
    const calendar = definition && this.calendars.prepare(definition, knownAt);
    // The pack was checked: what it names is there.
    if (calendar === undefined || isRefusal(calendar)) throw new Error(`the pack has no calendar ${name}`);
    return calendar;
  }

  /** 立即 is as long as the pack tolerates. */
  inFull(budget: PackBudget): Budget {
    return budget === IMMEDIATELY ? this.pack.immediately!.tolerance : budget;
  }
}

export const textOf = (budget: PackBudget): string => (budget === IMMEDIATELY ? IMMEDIATELY : budget.text);

interface Whole {
  readonly calendar: Calendar;
  readonly budget: Budget;
  readonly dueAt: Instant;
  readonly span: Span;
}

/** When a part of a budget is used up, counted as the whole is: working days by their open time, months by what elapses. */
function partOf(percent: number, { calendar, budget, dueAt, span }: Whole): Instant {
  const measure = budget.measure === 'open' || budget.measure === 'working-days' ? 'open' : 'elapsed';
  const wholeMs =
    'durationMs' in budget ? budget.durationMs : lengthOf(measure === 'open' ? calendar : undefined, dueAt, span);
  const durationMs = Math.round((wholeMs * percent) / 100);
  const part = deadline(
    calendar,
    span.startsAt,
    { text: budget.text, direction: 'on', measure, durationMs },
    span.pauses,
  );
  return isRefusal(part) || part.dueAt > dueAt ? dueAt : part.dueAt;
}

/** How much runs from the start to the due instant, pauses left out. */
function lengthOf(calendar: Calendar | undefined, dueAt: Instant, { startsAt, pauses }: Span): number {
  const [fromMs, toMs] = [epochMs(startsAt), epochMs(dueAt)];
  if (calendar !== undefined) {
    const openMs = between(calendar, fromMs, toMs, pauses);
    return isRefusal(openMs) ? toMs - fromMs : openMs;
  }
  const pausedMs = pauses.reduce((sum, { from, to }) => {
    const [begins, ends] = [Math.max(epochMs(from), fromMs), Math.min(epochMs(to), toMs)];
    return sum + Math.max(0, ends - begins);
  }, 0);
  return toMs - fromMs - pausedMs;
}
