import { epochMs, instant, isRefusal, type Instant, type Refusal } from '#kernel';
import type { Budget } from './budget.js';
import type { Calendar } from './calendar.js';
import { deadline, elapsed, isOnCalendar, type Deadline, type Elapsed } from './deadline.js';
import { openIntervals, type Interval } from './open-time.js';
import { inOrder, type Pause } from './pauses.js';

/** A stretch of the way to a deadline. Only what runs is counted; a pause hides whether the place was open. */
export interface Segment {
  readonly kind: 'running' | 'paused' | 'closed';
  readonly from: Instant;
  readonly to: Instant;
  readonly countedMs: number;
}

/** K-9: why a deadline is what it is. The segments lie end to end from the earlier to the later of start and due. */
export interface Explanation {
  readonly calendarVersion: string;
  readonly segments: readonly Segment[];
  /** The sum of the segments: the budget, where it is one of open or elapsed time. */
  readonly countedMs: number;
}

/** @returns what `deadline` refuses */
export function explainDeadline(
  calendar: Calendar,
  start: Instant,
  budget: Budget,
  pauses: readonly Pause[] = [],
): (Deadline & Explanation) | Refusal {
  const due = deadline(calendar, start, budget, pauses);
  if (isRefusal(due)) return due;
  return { ...due, ...explained(calendar, start, due.dueAt, pauses, isOnCalendar(budget)) };
}

/** @returns what `elapsed` refuses */
export function explainElapsed(
  calendar: Calendar,
  start: Instant,
  end: Instant,
  pauses: readonly Pause[] = [],
): (Elapsed & Explanation) | Refusal {
  const sum = elapsed(calendar, start, end, pauses);
  return isRefusal(sum) ? sum : { ...sum, ...explained(calendar, start, end, pauses, true) };
}

function explained(
  calendar: Calendar,
  start: Instant,
  end: Instant,
  pauses: readonly Pause[],
  byCalendar: boolean,
): Explanation {
  const [fromMs, toMs] = [Math.min(epochMs(start), epochMs(end)), Math.max(epochMs(start), epochMs(end))];
  const ordered = inOrder(pauses);
  const cut = (isRefusal(ordered) ? [] : ordered)
    .map((pause) => ({ fromMs: Math.max(pause.fromMs, fromMs), toMs: Math.min(pause.toMs, toMs) }))
    .filter((pause) => pause.fromMs < pause.toMs);
  const segments: Segment[] = [];
  let atMs = fromMs;
  for (const pause of [...cut, { fromMs: toMs, toMs }]) {
    segments.push(...unpaused(calendar, atMs, pause.fromMs, byCalendar));
    if (pause.fromMs < pause.toMs) segments.push(segment('paused', pause));
    atMs = pause.toMs;
  }
  const countedMs = segments.reduce((sum, it) => sum + it.countedMs, 0);
  return { calendarVersion: calendar.version, segments, countedMs };
}

function* unpaused(calendar: Calendar, fromMs: number, toMs: number, byCalendar: boolean): Generator<Segment> {
  let atMs = fromMs;
  const running = byCalendar ? openIntervals(calendar, fromMs, toMs) : [{ fromMs, toMs }];
  for (const interval of running) {
    if (interval.fromMs > atMs) yield segment('closed', { fromMs: atMs, toMs: interval.fromMs });
    if (interval.toMs > interval.fromMs) yield segment('running', interval);
    atMs = interval.toMs;
  }
  if (atMs < toMs) yield segment('closed', { fromMs: atMs, toMs });
}

const segment = (kind: Segment['kind'], { fromMs, toMs }: Interval): Segment => ({
  kind,
  from: instant(fromMs),
  to: instant(toMs),
  countedMs: kind === 'running' ? toMs - fromMs : 0,
});
