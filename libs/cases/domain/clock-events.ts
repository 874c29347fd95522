import type { DomainEvent, Instant } from '#kernel';

export type Verdict = 'met' | 'missed' | 'cancelled';

/** A run of a clock. */
export type ClockOf = { readonly clock: string; readonly run: number };

/** A time in which a run does not run. */
export type Pause = { readonly from: Instant; readonly to: Instant };

/** A due instant with what it rests on, as the policy reckoned it; never reckoned again on replay (K-9). */
export type Due = {
  readonly dueAt: Instant;
  /** As the pack writes it, e.g. `2d`; `given` where the instant itself was given. */
  readonly budget: string;
  readonly calendar?: { readonly name: string; readonly version: string };
  /** K-10: the years it reaches whose public holidays were not published yet. */
  readonly provisionalYears?: readonly number[];
  readonly warnings?: readonly { readonly percent: number; readonly at: Instant }[];
};

export type MoveReason = 'PRIORITY_CHANGED' | 'CALENDAR_PUBLISHED' | 'POLICY_CHANGED';

/** What becomes of clocks (K-7…K-10). All of it follows from other events, or from time. */
export type ClockEvent =
  | DomainEvent<
      'DeadlineSet',
      {
        readonly clock: string;
        readonly run: number;
        readonly countsFrom: 'occurred' | 'recorded' | 'accepted' | 'event' | 'given';
        readonly startsAt: Instant;
        readonly source: string;
        /** The event that started it, where that was a verdict on another run: it falls with that verdict (EVENTS.md 16). */
        readonly cause?: string;
        /** The run it goes on with after a reopening, and what it did not run in so far (K-7). */
        readonly continues?: number;
        readonly pauses?: readonly Pause[];
      } & Due
    >
  | DomainEvent<'DeadlineWarned', ClockOf & { readonly dueAt: Instant; readonly percent: number }>
  /** K-7: nothing runs from `at` on. */
  | DomainEvent<'ClockPaused', ClockOf & { readonly pause: number; readonly at: Instant }>
  | DomainEvent<
      'ClockResumed',
      ClockOf & { readonly pause: number; readonly pausedAt: Instant; readonly at: Instant } & Due
    >
  /** Another due instant for a run: another priority holds, or what it rests on became known (K-7, K-10). */
  | DomainEvent<
      'DeadlineMoved',
      ClockOf & { readonly from: Instant; readonly startsAt: Instant; readonly reasonCode: MoveReason } & Due
    >
  | DomainEvent<'DeadlineMet', ClockOf & { readonly dueAt: Instant; readonly metAt: Instant }>
  /** K-4: `owedBy` names who should have done it, as it was on record by the due instant. */
  | DomainEvent<'DeadlineMissed', ClockOf & { readonly dueAt: Instant; readonly owedBy?: readonly string[] }>
  /** What was missed has been done all the same; the verdict stands. */
  | DomainEvent<'DeadlineFulfilledLate', ClockOf & { readonly dueAt: Instant; readonly doneAt: Instant }>
  | DomainEvent<'DeadlineCancelled', ClockOf & { readonly reasonCode: string }>
  /** EVENTS.md 16: `running` where what is learnt late leaves the run without a verdict. */
  | DomainEvent<
      'VerdictCorrected',
      ClockOf & {
        readonly from: Verdict;
        readonly to: Verdict | 'running';
        readonly dueAt: Instant;
        /** The event by which it was learnt. */
        readonly cause: string;
        /** The verdict that it replaces. */
        readonly replaces: string;
        readonly metAt?: Instant;
        /** Of one that is `running` again: that it stands still for now. */
        readonly paused?: true;
      }
    >;
