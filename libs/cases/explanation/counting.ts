import { explainDeadline, type Calendar, type Pause, type Segment } from '#calendar';
import { epochMs, isRefusal, laterOf, type Instant } from '#kernel';
import type { Policy } from '#policy';
import type { ClockRun } from '../domain/index.js';
import type { Counting } from './shapes.js';

/**
 * Counts the budget of a run once more, on the calendar as it was known when the due instant was counted, with the pauses
 * that were over by then.
 * @param until the present: a run that stands still is followed up to there
 */
export function countingOf(run: ClockRun, policy: Policy, until: Instant): Counting {
  const { startsAt, dueAt } = run;
  if (run.budget === 'given') return { how: 'given', ...between(startsAt, dueAt) };
  const measure = policy.measureOf(run, run.knownAt);
  if (measure === undefined) return { how: 'unlike' };
  const { budget, calendar } = measure;
  const counted = explainDeadline(calendar, startsAt, budget, finished(run.pauses));
  if (isRefusal(counted)) return { how: 'unlike', ...versionOf(run, calendar) };
  if (counted.dueAt !== dueAt) return { how: 'unlike', dueAt: counted.dueAt, ...versionOf(run, calendar) };
  const { workingDays, pushedMs } = counted;
  return {
    how: 'counted',
    measure: budget.measure,
    ...('durationMs' in budget ? { budgetMs: budget.durationMs } : {}),
    zone: calendar.zone.name,
    calendarVersion: calendar.version,
    ...standing(run, counted, until),
    ...(workingDays === undefined ? {} : { workingDays }),
    ...(pushedMs === undefined ? {} : { pushedMs }),
  };
}

interface Way {
  readonly segments: readonly Segment[];
  readonly countedMs: number;
}

/** Nothing runs from an open pause on, however far the way was counted. */
function standing(
  { pauses, startsAt, endedAt }: ClockRun,
  { segments, countedMs }: Way,
  until: Instant,
): Way & { readonly leftMs?: number } {
  const open = pauses.find(({ to }) => to === undefined);
  if (open === undefined) return { segments, countedMs };
  const stoodAt = laterOf(open.from, startsAt);
  const ran = segments.flatMap((segment) => before(stoodAt, segment));
  const to = laterOf(stoodAt, endedAt ?? until);
  const pause: Segment[] = to > stoodAt ? [{ kind: 'paused', from: stoodAt, to, countedMs: 0 }] : [];
  const ranMs = ran.reduce((sum, it) => sum + it.countedMs, 0);
  return { segments: [...ran, ...pause], countedMs: ranMs, leftMs: countedMs - ranMs };
}

/** What of a stretch lies before an instant. */
function before(at: Instant, segment: Segment): readonly Segment[] {
  if (segment.to <= at) return [segment];
  if (segment.from >= at) return [];
  const countedMs = segment.kind === 'running' ? epochMs(at) - epochMs(segment.from) : 0;
  return [{ ...segment, to: at, countedMs }];
}

const finished = (pauses: ClockRun['pauses']): readonly Pause[] =>
  pauses.flatMap(({ from, to }) => (to === undefined ? [] : [{ from, to: laterOf(from, to) }]));

/** Told where it is another one than that on record: that may be why. */
const versionOf = (run: ClockRun, { version }: Calendar): { readonly calendarVersion?: string } =>
  run.calendar === undefined || run.calendar.version === version ? {} : { calendarVersion: version };

/** The time from one instant to another, as one stretch. */
function between(a: Instant, b: Instant): Way {
  const [from, to] = a < b ? [a, b] : [b, a];
  const countedMs = epochMs(to) - epochMs(from);
  return { segments: countedMs === 0 ? [] : [{ kind: 'running', from, to, countedMs }], countedMs };
}
