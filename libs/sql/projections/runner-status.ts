import { comparePositions, START, type Position } from '#kernel';
import type { ProjectionStatus } from './status.js';
import type { Generation, Track } from './track.js';

/** What a process keeps of a view, and what else it knows of it. */
export interface KeptView {
  readonly serving: Generation;
  /** Of what readers see; at least one. */
  readonly tracks: readonly Track[];
  readonly building: Generation | undefined;
  /** Of what is under construction. */
  readonly buildingTracks: readonly Track[];
  readonly head: Position;
  readonly lagMs: number | undefined;
  /** Whether it has caught up with the log. */
  readonly follows: boolean;
  readonly keysLost: number;
  readonly worker: string;
  readonly slots: number;
}

export function statusOf(view: KeptView): ProjectionStatus {
  const { serving, tracks, building, head, keysLost } = view;
  const checkpoint = leastOf(tracks)!;
  const lagEvents = eventsBetween(checkpoint, head);
  return {
    name: serving.projection.name,
    version: serving.version,
    generation: serving.generation,
    state: stateOf(view),
    checkpoint: isBegun(checkpoint) ? checkpoint : undefined,
    lagEvents,
    lagMs: lagEvents === 0 ? 0 : (view.lagMs ?? 0),
    parked: tracks.flatMap(({ parked }) => [...parked.values()]),
    stopped: tracks.find(({ stopped }) => stopped)?.stopped,
    rebuilding: building && rebuildingOf(building, leastOf(view.buildingTracks) ?? building.base, head),
    keepers: [{ worker: view.worker, ...slotsOf(view), lagEvents }],
    keysLost,
  };
}

export const isBegun = (checkpoint: Position): boolean => comparePositions(checkpoint, START) > 0;

export const eventsBetween = (checkpoint: Position, head: Position): number =>
  Math.max(0, Number(head.commit - checkpoint.commit));

export const rebuildingOf = (
  { generation, phase }: Pick<Generation, 'generation' | 'phase'>,
  checkpoint: Position,
  head: Position,
): ProjectionStatus['rebuilding'] => ({
  generation,
  phase,
  progress: phase === 'loading' ? share(checkpoint, head) : 1,
});

function stateOf({ serving, tracks, building, follows }: KeptView): ProjectionStatus['state'] {
  if (tracks.some(({ stopped }) => stopped)) return 'stopped';
  if (serving.version !== serving.projection.version) return 'outdated';
  if (building) return 'rebuilding';
  return follows ? 'live' : 'catching_up';
}

function slotsOf({ tracks, slots }: KeptView): { slots: number[]; of: number } {
  const own = tracks.flatMap(({ slots: its }) => [...(its ?? [])]);
  if (own.length > 0) return { slots: own.sort((a, b) => a - b), of: slots };
  const count = tracks[0]!.shares.length;
  return { slots: Array.from({ length: count }, (_, slot) => slot), of: count };
}

export const leastPosition = (positions: readonly Position[]): Position | undefined =>
  positions.reduce<Position | undefined>((a, b) => (a && comparePositions(a, b) <= 0 ? a : b), undefined);

const leastOf = (tracks: readonly Track[]): Position | undefined =>
  leastPosition(tracks.map(({ checkpoint }) => checkpoint));

const share = (checkpoint: Position, head: Position): number =>
  head.commit <= checkpoint.commit ? 1 : Number(((checkpoint.commit + 1n) * 1000n) / (head.commit + 1n)) / 1000;
