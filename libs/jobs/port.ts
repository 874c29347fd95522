import type { Instant, JsonObject } from '#kernel';

/** A piece of work that must be done at least once. Its data are ids and codes, never a personal word (EVENTS.md 9). */
export interface NewJob {
  /** A job that was added is not added again, whatever became of it: who crashed in between may repeat themselves. */
  readonly id: string;
  readonly queue: string;
  readonly data: JsonObject;
  readonly dueAt: Instant;
}

export const JOB_STATES = ['waiting', 'done', 'dead'] as const;
/** `dead` is what failed so often that only a person can tell whether it is tried again. */
export type JobState = (typeof JOB_STATES)[number];

export interface Job extends NewJob {
  readonly state: JobState;
  /** How often it failed since it was added, or tried again by a person. */
  readonly failures: number;
  /** The code of the last failure. */
  readonly lastError?: string;
}

/**
 * The ledger of work: what is to be done, when, and what became of it. Due times live here and not in whatever carries a job
 * to its worker, so that there is no time that a test cannot move (DESIGN "Due times live in SQL").
 */
export interface Jobs {
  add(job: NewJob): Promise<void>;
  /** What waits and is due at the instant, the earliest first. */
  due(queue: string, at: Instant, limit: number): Promise<readonly Job[]>;
  /** When the next of those that wait is due. */
  nextDue(queue: string): Promise<Instant | undefined>;
  done(id: string): Promise<void>;
  /** It failed; it waits until `retryAt`, and is dead where there is none. */
  failed(id: string, failure: { readonly error: string; readonly retryAt?: Instant }): Promise<void>;
  /** A dead one waits again, with its failures forgotten. @returns whether it was dead */
  revive(id: string, dueAt: Instant): Promise<boolean>;
  get(id: string): Promise<Job | undefined>;
  /** The latest due first. */
  list(queue: string, state: JobState, limit: number): Promise<readonly Job[]>;
}
