import { isRefusal, type Actor, type Instant } from '#kernel';
import type { CaseDecide } from '../command.js';
import { by } from './desk.js';
import type { Story } from './story.js';

/** An instant of January 2026, by UTC; nine o'clock in Shanghai where no time is said. */
export const at = (day: number, time = '01:00:00.000'): Instant => `2026-01-${String(day).padStart(2, '0')}T${time}Z`;

/** @returns the code of the refusal, undefined where it was taken */
export function refused<C>(
  story: Story,
  decide: CaseDecide<C>,
  command: C,
  actor: Actor = by('li'),
): string | undefined {
  const answer = story.desk.send(decide, command, { actor });
  return isRefusal(answer) ? answer.code : undefined;
}
