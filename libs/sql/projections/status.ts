import type { Position } from '#kernel';

export interface ParkedPartition {
  readonly partition: string;
  readonly position: Position;
  readonly eventId: string;
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly parkedAtMs: number;
}

/** Who keeps which part of a view. */
export interface ViewKeeper {
  /** The process; null while nobody does. */
  readonly worker: string | null;
  /** The slots of its subjects, out of so many; a view that is kept whole has one. */
  readonly slots: readonly number[];
  readonly of: number;
  /** Of the slot that is farthest behind: as `lagEvents` of the view. */
  readonly lagEvents: number;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  /** The generation that readers see. */
  readonly generation: number;
  /** `stopped`: an event that feeds totals cannot be projected; `outdated`: readers see an older version until the rebuild is done. */
  readonly state: 'live' | 'catching_up' | 'rebuilding' | 'outdated' | 'stopped';
  /** Of the part that is farthest behind; undefined before the first event. */
  readonly checkpoint: Position | undefined;
  /** How many places in the log lie between checkpoint and head; with the embedded store these are events. */
  readonly lagEvents: number;
  /** How long ago the oldest event that is not projected yet was written, 0 where there is none. */
  readonly lagMs: number;
  readonly parked: readonly ParkedPartition[];
  readonly stopped: { readonly position: Position; readonly eventId: string; readonly error: string } | undefined;
  /** Of the generation under construction: what it does, and how far it is through the log, 0 to 1. */
  readonly rebuilding:
    | {
        readonly generation: number;
        readonly phase: 'loading' | 'deriving' | 'indexing' | 'ready';
        readonly progress: number;
      }
    | undefined;
  readonly keepers: readonly ViewKeeper[];
  /** Personal parts met since the start whose key is missing though nobody erased it (EVENTS.md 8). */
  readonly keysLost: number;
}

export interface RunnerStatus {
  /** Of those of which this process keeps a part: as that part is. */
  readonly projections: readonly ProjectionStatus[];
  /** The end of the log, as far as anybody is shown. */
  readonly head: Position;
  /** The last failure of log, vault or database, while it lasts: the runner tries again. */
  readonly failure: string | undefined;
}
