import { epochMs, instant } from '#kernel';
import type { CaseEvent, ClockOf } from '../events.js';
import type { CaseState } from '../state.js';

/** The clocks that every case can have, whatever its pack: an instant that was given rather than counted, or what an escalation waits for. */
export const PROMISE_CLOCK = 'promise';
export const SOURCE_TARGET_CLOCK = 'source-target';
export const ESCALATION_CLOCK = 'escalation';

export type DeadlineSet = Extract<CaseEvent, { type: 'DeadlineSet' }>;

interface Given {
  readonly startsAt: string;
  readonly dueAt: string;
  readonly source: string;
  readonly warnAt?: readonly number[];
}

/** DeadlineSet for an instant that somebody gave: a promise (K-3) or the source's own target. */
export const deadlineGiven = (clock: string, run: number, { warnAt = [], ...given }: Given): DeadlineSet => ({
  type: 'DeadlineSet',
  data: {
    clock,
    run,
    countsFrom: 'given',
    budget: 'given',
    ...given,
    ...(warnAt.length === 0 ? {} : { warnings: warnAt.map((percent) => ({ percent, at: partWay(given, percent) })) }),
  },
  occurredAt: given.startsAt,
});

const partWay = ({ startsAt, dueAt }: Given, percent: number): string => {
  const [from, to] = [epochMs(startsAt), epochMs(dueAt)];
  return instant(Math.round(from + ((to - from) * percent) / 100));
};

/** The promise a run of the promise clock belongs to: they are counted in the order in which they were made. */
export const promiseOf = (state: CaseState, run: Pick<ClockOf, 'run'>): string | undefined =>
  state.promises[run.run - 1]?.promiseId;

/** The escalation whose acknowledgement a run of the escalation clock waits for. */
export const escalationOf = (
  state: CaseState,
  run: Pick<ClockOf, 'run'>,
): CaseState['escalations'][number] | undefined => state.escalations[run.run - 1];
