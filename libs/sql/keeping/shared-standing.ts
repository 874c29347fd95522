import { START, type Position } from '#kernel';
import { loadParked, storedGenerations, type StoredGeneration } from '../projections/books.js';
import { reachedOf } from '../projections/checkpoints.js';
import { eventsBetween, isBegun, leastPosition, rebuildingOf } from '../projections/runner-status.js';
import { loadKeepers, loadShares, type ShareRow } from './share-books.js';
import { sharesOfView, statusFrom } from './shared-views.js';
import { slotOfShare } from './shares.js';
import type { ProjectionStatus, RunnerStatus, ViewKeeper } from '../projections/status.js';
import type { AnyDb } from '../writer.js';

/** How views are that several processes keep, put together from the books and from what each of them says. */
export interface SharedStanding {
  /** How far all shares of all views have come that are not stopped. */
  readonly position: Position;
  readonly status: RunnerStatus;
  /** Another one where any share has moved, or what is served is ready, or no more. */
  readonly stamp: string;
}

interface Told {
  readonly id: string;
  readonly worker: string;
  readonly status: RunnerStatus | undefined;
}

interface Books {
  readonly generations: readonly StoredGeneration[];
  readonly shares: readonly ShareRow[];
  readonly told: readonly Told[];
  readonly head: Position;
  readonly parked: Awaited<ReturnType<typeof loadParked>>;
}

/** @returns undefined where one of the views is not there for readers yet; views that nobody keeps at the moment are read all the same */
export async function standingOf(db: AnyDb, names: readonly string[]): Promise<SharedStanding | undefined> {
  const { generations, shares, keepers, parked } = await snapshot(db);
  const told = keepers.map(({ id, name, status }) => ({
    id,
    worker: name,
    status: status === null ? undefined : statusFrom(status),
  }));
  const statuses = told.flatMap(({ status }) => status ?? []);
  const served = generations.filter(({ serving }) => serving);
  if (!names.every((name) => served.some((it) => it.name === name))) return undefined;
  const reached = served.flatMap((it) => checkpointsOf(it, shares).map(({ checkpoint }) => checkpoint));
  const head = [...statuses.map((it) => it.head), ...reached].reduce((a, b) => (a.commit >= b.commit ? a : b), START);
  const books = { generations, shares, told, head, parked };
  const projections = served.map((it) => statusFromBooks(it, books));
  const going = served.filter((_, at) => projections[at]!.stopped === undefined);
  const isReady = going.every(({ phase }) => phase === 'ready');
  const least = leastPosition(going.flatMap((it) => checkpointsOf(it, shares).map(({ checkpoint }) => checkpoint)));
  const position = (isReady ? least : undefined) ?? START;
  return {
    position,
    status: { projections, head, failure: statuses.find(({ failure }) => failure !== undefined)?.failure },
    stamp: [position.commit, position.prepare, ...shares.map(({ checkpoints }) => checkpoints)].join(),
  };
}

/** All of one instant: generations of one moment and shares of the next would say that nothing has been read. */
const snapshot = (db: AnyDb) =>
  db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => ({
      generations: await storedGenerations(tx),
      shares: await loadShares(tx),
      keepers: await loadKeepers(tx),
      parked: await loadParked(tx),
    }));

const WORST_FIRST: readonly ProjectionStatus['state'][] = ['stopped', 'outdated', 'rebuilding', 'catching_up', 'live'];

function statusFromBooks(serving: StoredGeneration, books: Books): ProjectionStatus {
  const { shares, head, told } = books;
  const { name, version, generation } = serving;
  const says = told.flatMap(({ status }) => status?.projections.filter((it) => it.name === name) ?? []);
  const current = says.filter((it) => it.generation === generation);
  const checkpoints = checkpointsOf(serving, shares);
  const checkpoint = leastPosition(checkpoints.map((it) => it.checkpoint)) ?? serving.base;
  const lagEvents = eventsBetween(checkpoint, head);
  const building = books.generations.find((it) => it.name === name && !it.serving);
  const built = building && leastPosition(checkpointsOf(building, shares).map((it) => it.checkpoint));
  const keepers = keepersOf(checkpoints, told, head);
  const states = [
    ...current.map(({ state }) => state),
    ...(building ? ['rebuilding' as const] : []),
    ...(current.length === 0 || keepers.some(({ worker }) => worker === null) ? ['catching_up' as const] : []),
  ];
  return {
    name,
    version,
    generation,
    state: WORST_FIRST.find((state) => states.includes(state)) ?? 'catching_up',
    checkpoint: isBegun(checkpoint) ? checkpoint : undefined,
    lagEvents,
    lagMs: lagEvents === 0 ? 0 : Math.max(0, ...current.map(({ lagMs }) => lagMs)),
    parked: books.parked.filter((it) => it.name === name && it.generation === generation).map((it) => it.parked),
    stopped: current.find(({ stopped }) => stopped)?.stopped,
    rebuilding: building && rebuildingOf(building, built ?? building.base, head),
    keepers,
    keysLost: says.reduce((sum, { keysLost }) => Math.max(sum, keysLost), 0),
  };
}

interface ShareReached {
  readonly share: ShareRow;
  readonly checkpoint: Position;
}

function checkpointsOf(generation: StoredGeneration, shares: readonly ShareRow[]): readonly ShareReached[] {
  const known = { ...generation, projection: generation };
  const its = sharesOfView(
    generation.name,
    shares.map(({ share }) => share),
  );
  return shares
    .filter(({ share }) => its.includes(share))
    .map((share) => ({ share, checkpoint: reachedOf(share.checkpoints, known).checkpoint }));
}

/** One entry per process, and one for what nobody keeps. */
function keepersOf(reached: readonly ShareReached[], told: readonly Told[], head: Position): ViewKeeper[] {
  const byHolder = new Map<string | null, ShareReached[]>();
  for (const it of reached) {
    const holder = told.some(({ id }) => id === it.share.holder) ? it.share.holder : null;
    byHolder.set(holder, [...(byHolder.get(holder) ?? []), it]);
  }
  return [...byHolder].map(([holder, its]) => ({
    worker: told.find(({ id }) => id === holder)?.worker ?? null,
    slots: its.map(({ share }) => slotOfShare(share.share) ?? 0).sort((a, b) => a - b),
    of: reached.length,
    lagEvents: Math.max(...its.map(({ checkpoint }) => eventsBetween(checkpoint, head))),
  }));
}
