import { isRefusal, type Refusal } from '#kernel';
import type { Calendar } from './calendar.js';
import { inOrder, openTimeOf, runAfter, runBefore, runBetween, type Pause } from './pauses.js';

/**
 * The instant (epoch ms) at which a budget of open time (ms) that starts at an instant has run; a negative budget leads
 * back, and −0 to the last instant that was open. A budget that ends exactly at a close is due at that closing instant,
 * one that leads back exactly to an opening ends there. In pauses nothing runs.
 * @returns BUDGET_TOO_LONG beyond 50 years, or PAUSE_ENDS_BEFORE_IT_BEGINS
 */
export function addBusiness(
  calendar: Calendar,
  startMs: number,
  budgetMs: number,
  pauses: readonly Pause[] = [],
): number | Refusal {
  const ordered = inOrder(pauses);
  if (isRefusal(ordered)) return ordered;
  const isBack = budgetMs < 0 || Object.is(budgetMs, -0);
  return isBack
    ? runBefore(openTimeOf(calendar), startMs, -budgetMs, ordered)
    : runAfter(openTimeOf(calendar), startMs, budgetMs, ordered);
}

/** The open time (ms) that runs between two instants (epoch ms), negative where the second is the earlier one. */
export function between(
  calendar: Calendar,
  fromMs: number,
  toMs: number,
  pauses: readonly Pause[] = [],
): number | Refusal {
  const ordered = inOrder(pauses);
  return isRefusal(ordered) ? ordered : runBetween(openTimeOf(calendar), fromMs, toMs, ordered);
}
