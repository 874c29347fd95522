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

/** One generation of one projection on its way through the log. Changed only after the transaction that says so. */
export interface Track {
  readonly projection: Projection;
  readonly generation: number;
  readonly version: number;
  /** The tables it has, also when the present version of the projection declares others. */
  readonly tables: readonly string[];
  checkpoint: Position;
  phase: Phase;
  /** Whether readers see it. */
  serving: boolean;
  stopped: Stop | undefined;
  readonly parked: Map<string, ParkedPartition>;
}

export function newTrack(projection: Projection, generation: number, serving: boolean): Track {
  const { version } = projection;
  return {
    projection,
    generation,
    version,
    tables: projection.tables.map(({ shape }) => shape.name),
    serving,
    checkpoint: START,
    phase: 'loading',
    stopped: undefined,
    parked: new Map(),
  };
}
