import { comparePositions, START, type Position } from '#kernel';
import type { ProjectionStatus } from './status.js';
import type { Track } from './track.js';

export function statusOf(
  track: Track,
  building: Track | undefined,
  head: Position,
  lagMs: number | undefined,
  follows: boolean,
  keysLost: number,
): ProjectionStatus {
  const { projection, version, generation, checkpoint, parked, stopped } = track;
  const started = comparePositions(checkpoint, START) > 0;
  const lagEvents = Math.max(0, Number(head.commit - checkpoint.commit));
  return {
    name: projection.name,
    version,
    generation,
    state: stateOf(track, building, follows),
    checkpoint: started ? checkpoint : undefined,
    lagEvents,
    lagMs: lagEvents === 0 ? 0 : (lagMs ?? 0),
    parked: [...parked.values()],
    stopped,
    rebuilding: building && {
      generation: building.generation,
      phase: building.phase,
      progress: building.phase === 'loading' ? share(building.checkpoint, head) : 1,
    },
    keysLost,
  };
}

function stateOf(track: Track, building: Track | undefined, follows: boolean): ProjectionStatus['state'] {
  if (track.stopped) return 'stopped';
  if (track.version !== track.projection.version) return 'outdated';
  if (building) return 'rebuilding';
  return follows ? 'live' : 'catching_up';
}

const share = (checkpoint: Position, head: Position): number =>
  head.commit <= checkpoint.commit ? 1 : Number(((checkpoint.commit + 1n) * 1000n) / (head.commit + 1n)) / 1000;
