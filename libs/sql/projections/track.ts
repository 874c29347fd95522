import { START, type Position } from '#kernel';
import type { Projection } from './projection.js';
import type { ParkedPartition } from './status.js';

/**
 * loading: rows in bulk, without secondary indexes and derived tables. deriving, indexing: those are made.
 * ready: everything is there and is kept as the log goes on.
 */
export type Phase = 'loading' | 'deriving' | 'indexing' | 'ready';

export interface Stop {
  readonly position: Position;
  readonly eventId: string;
  readonly error: string;
}

/** One building of a projection's tables, whoever keeps which share of it. As it stands in the books. */
export interface Generation {
  readonly projection: Projection;
  readonly generation: number;
  readonly version: number;
  /** The tables it has, also when the present version of the projection declares others. */
  readonly tables: readonly string[];
  readonly phase: Phase;
  /** Whether readers see it. */
  readonly serving: boolean;
  /** How far those shares are that say nothing of their own. */
  readonly base: Position;
}

/** How far a share of a generation has come. */
export interface Reached {
  readonly checkpoint: Position;
  /** The phase in which it had read all that there was; it waits for the other shares then. */
  readonly arrived?: Phase | undefined;
}

/** Those shares of a generation that this process keeps and that are equally far. Changed only after the transaction that says so. */
export interface Track extends Reached {
  readonly of: Generation;
  readonly projection: Projection;
  shares: readonly string[];
  /** The slots of its subjects; undefined where it has all of them. */
  slots: ReadonlySet<number> | undefined;
  checkpoint: Position;
  arrived: Phase | undefined;
  stopped: Stop | undefined;
  readonly parked: Map<string, ParkedPartition>;
}

export const newGeneration = (projection: Projection, generation: number, serving: boolean): Generation => ({
  projection,
  generation,
  version: projection.version,
  tables: projection.tables.map(({ shape }) => shape.name),
  phase: 'loading',
  serving,
  base: START,
});
