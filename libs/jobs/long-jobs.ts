import type { Instant, JsonObject } from '#kernel';

/** `awaiting_input`: what it is to work on is still coming in. */
export const LONG_JOB_STATES = ['awaiting_input', 'waiting', 'running', 'done', 'cancelled', 'failed'] as const;
export type LongJobState = (typeof LONG_JOB_STATES)[number];

/** Work that takes long, with what it works on. Its order and progress are ids, codes and counts (EVENTS.md 9). */
export interface NewLongJob {
  /** Also the id of its job in the ledger, with which it is listed and tried again. */
  readonly id: string;
  /** What is to be done with it; also the queue of its job. */
  readonly kind: string;
  readonly order: JsonObject;
  /** The key its input is sealed under: destroyed as soon as nobody needs the input any more. */
  readonly inputKey: string;
  /** The key its results are sealed under: destroyed when they expire. */
  readonly resultKey: string;
  readonly createdAt: Instant;
  /** When it goes, unless it is still worked on. */
  readonly expiresAt: Instant;
}

export interface LongJob extends NewLongJob {
  readonly state: LongJobState;
  readonly progress: JsonObject;
  readonly finishedAt?: Instant;
  /** The code of what went wrong last, where it waits to be tried again or was given up. */
  readonly lastError?: string;
}

/** A long job in the hands of who began it last: whoever had it before is refused. */
export interface LongRun {
  readonly job: LongJob;
  /** Counts from 1. */
  readonly run: number;
}

/** A part of its input or of its results, sealed. */
export interface Piece {
  readonly name: string;
  /** Counts from 0 by name. */
  readonly n: number;
  readonly bytes: Buffer;
}

/** What the names of its input begin with. */
export const INPUT = 'input';

/** It was cancelled, or somebody else has begun it since: what this run still says is not taken. */
export class RunOver extends Error {
  readonly code = 'RUN_OVER';

  constructor() {
    super('This run of the job is over.');
  }
}

/**
 * Remembers long jobs beside the ledger of jobs: what they work on, how far they have come and what came of it, so that any
 * process answers for them and another one goes on where one was killed.
 */
export interface LongJobs {
  /** It waits for its input; no job is added yet. */
  create(job: NewLongJob): Promise<void>;
  /** Writes a piece, or writes it anew. */
  put(id: string, piece: Piece): Promise<void>;
  /** Its input is complete, with what is known of it by now: its job is added. @returns false where it did not wait for input */
  release(id: string, order: JsonObject, dueAt: Instant): Promise<boolean>;
  get(id: string): Promise<LongJob | undefined>;
  /** The latest first. */
  list(kind: string, limit: number): Promise<readonly LongJob[]>;
  /** Begins it, or begins it again where its last run stood. @returns undefined where there is nothing left to do */
  begin(id: string): Promise<LongRun | undefined>;
  /** How far it is by now, with what came of it: both or neither. @throws RunOver */
  checkpoint(run: LongRun, progress: JsonObject, pieces: readonly Piece[]): Promise<void>;
  /** It is done, its input gone. @throws RunOver */
  finish(
    run: LongRun,
    progress: JsonObject,
    at: { readonly finishedAt: Instant; readonly expiresAt: Instant },
  ): Promise<void>;
  /** Nobody goes on with it; its input goes. @returns false where it was over already */
  cancel(id: string, at: { readonly finishedAt: Instant; readonly expiresAt: Instant }): Promise<boolean>;
  /** It was given up: it is kept until then for who tries it again. */
  keepUntil(id: string, expiresAt: Instant): Promise<void>;
  /** One after the other, in order. */
  pieces(id: string, name: string): AsyncIterable<Buffer>;
  /** Those that expired by then and that nobody works on, at most so many. */
  expired(at: Instant, limit: number): Promise<readonly LongJob[]>;
  /** When the next expires. */
  nextExpiry(): Promise<Instant | undefined>;
  /** It goes with its pieces and its job. */
  remove(id: string): Promise<void>;
}
