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

/** A job in somebody's hands. It is nobody else's until one of these was called, or its process ended. */
export interface TakenJob {
  readonly job: Job;
  done(): Promise<void>;
  /** It failed; it waits until `retryAt`, and is dead where there is none. */
  failed(failure: { readonly error: string; readonly retryAt?: Instant }): Promise<void>;
  /** It is not finished, and nothing is wrong with it: whoever is free goes on with it at once. */
  putDown(): Promise<void>;
}

/** A job on its way. Tried again later it is another one, so that a run that is just ending does not stand in its way. */
export interface Carried {
  readonly id: string;
  readonly dueAt: Instant;
}

export interface JobFilter {
  readonly queue?: string;
  readonly state?: JobState;
}

/**
 * The ledger of work: what is to be done, when, and what became of it. Due times live here and not in whatever carries a job
 * to its worker, so that there is no time that a test cannot move (DESIGN "Due times live in SQL").
 */
export interface Jobs {
  add(job: NewJob): Promise<void>;
  /** Takes the earliest that is due at the instant and in nobody's hands. */
  take(queue: string, at: Instant): Promise<TakenJob | undefined>;
  /**
   * Takes what was carried, unless it is in somebody's hands, done, or due at another instant by now. Who carried it found it
   * due, by a clock that may be ahead of this one.
   */
  takeCarried(queue: string, carried: Carried): Promise<TakenJob | undefined>;
  /** When the next of those that wait is due. */
  nextDue(queue: string): Promise<Instant | undefined>;
  /** What is due at the instant and is to be carried to workers, the earliest first; it is not said again before `again`. */
  carry(queue: string, at: Instant, again: Instant, limit: number): Promise<readonly Carried[]>;
  /** When there is the next to carry. */
  nextCarry(queue: string): Promise<Instant | undefined>;
  /** Whatever was carried was lost on its way: it is to be carried as soon as it is due. */
  carryAnew(queue: string): Promise<void>;
  /** A dead one waits again, with its failures forgotten. @returns whether it was dead */
  revive(id: string, dueAt: Instant): Promise<boolean>;
  /** All the dead of a queue, or of every queue. @returns how many they were */
  reviveAll(queue: string | undefined, dueAt: Instant): Promise<number>;
  get(id: string): Promise<Job | undefined>;
  /** Those of them that there are, in no order. */
  getAll(ids: readonly string[]): Promise<readonly Job[]>;
  /** The latest due first. */
  list(filter: JobFilter, limit: number): Promise<readonly Job[]>;
  /** How many there are that are not done, by queue. */
  counts(): Promise<readonly JobCount[]>;
}

export interface JobCount {
  readonly queue: string;
  readonly state: JobState;
  readonly count: number;
}
