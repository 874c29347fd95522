import type { Actor, Instant, JsonObject } from '#kernel';
import type { CaseEventType, ClockOf, Pause, Verdict } from '../domain/events.js';
import type { ClockRun, CountsFrom } from '../domain/state.js';

/** A piece of the way from the start to the due instant. Only what runs is counted. */
export interface Stretch {
  readonly kind: 'running' | 'paused' | 'closed';
  readonly from: Instant;
  readonly to: Instant;
  readonly countedMs: number;
}

/** An event as an explanation points to it. `unwritten` is what has come due and nobody has written yet (EVENTS.md 17). */
export interface EventSeen {
  readonly id: string;
  readonly revision?: number;
  readonly unwritten?: true;
  readonly type: CaseEventType;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: Pick<Actor, 'id' | 'role'>;
}

/** Something that became of a run: its beginning, a warning, a pause, another due instant, a verdict, its correction. */
export interface ClockStep extends EventSeen {
  /** What the event says, without what stands beside it here. */
  readonly data: JsonObject;
  /** The event by which it came about; none where time alone brought it. */
  readonly cause?: EventSeen;
  /** Where it gave the run another due instant. */
  readonly due?: { readonly before?: Instant; readonly after: Instant };
}

/**
 * How the due instant is counted from the start, stretch by stretch, end to end. `given`: nobody counted, somebody named the
 * instant. `unlike`: what is known of the calendar today does not lead to what is on record, so that no way to it is shown.
 */
export type Counting =
  | ({ readonly how: 'counted' } & Counted)
  | { readonly how: 'given'; readonly segments: readonly Stretch[]; readonly countedMs: number }
  | { readonly how: 'unlike'; readonly dueAt?: Instant; readonly calendarVersion?: string };

export interface Counted {
  readonly measure: 'open' | 'elapsed' | 'working-days' | 'months';
  /** Of a budget of open or elapsed time. */
  readonly budgetMs?: number;
  /** Where hours and days are counted. */
  readonly zone: string;
  readonly calendarVersion: string;
  /** A run that stands still is followed up to now: what it will be due is counted when it goes on. */
  readonly segments: readonly Stretch[];
  /** The sum of what runs. */
  readonly countedMs: number;
  /** Of a run that stands still: what of the budget is left for when it goes on. */
  readonly leftMs?: number;
  /** Of a budget of working days: the days that were counted. */
  readonly workingDays?: readonly string[];
  /** Of a budget of working days or months: how far pauses pushed the due instant on. */
  readonly pushedMs?: number;
}

/** K-9: why a deadline is what it is. */
export interface ClockExplanation extends ClockOf {
  /** How many runs of the clock there are. */
  readonly runs: number;
  readonly label?: { readonly zh: string; readonly en: string };
  readonly state: ClockRun['state'];
  readonly verdict?: Verdict;
  readonly source: string;
  /** The pack that was in force when the due instant was counted. */
  readonly policy: { readonly pack: string; readonly version: string };
  readonly countsFrom: CountsFrom;
  /** The event that started it. */
  readonly startedBy?: EventSeen;
  readonly startsAt: Instant;
  readonly dueAt: Instant;
  readonly endedAt?: Instant;
  /** What was missed was done all the same, then. */
  readonly fulfilledAt?: Instant;
  /** As the pack writes it. */
  readonly budget: string;
  /** As it is on record. */
  readonly calendar?: { readonly name: string; readonly version: string };
  /** Whose knowledge of the calendar counts. */
  readonly knownAt: Instant;
  /** K-10: the years it reaches whose public holidays were not published when it was counted. */
  readonly provisionalYears?: readonly number[];
  readonly warnings: readonly { readonly percent: number; readonly at: Instant; readonly given: boolean }[];
  readonly pauses: readonly (Pick<Pause, 'from'> & { readonly to?: Instant })[];
  readonly continues?: number;
  readonly promiseId?: string;
  readonly escalationId?: string;
  /** Of the escalation whose acknowledgement it waits for. */
  readonly chain?: string;
  readonly level?: number;
  /** K-4: who owes it, or owed it when it was missed. */
  readonly owedBy: readonly string[];
  readonly counting: Counting;
  readonly steps: readonly ClockStep[];
}
