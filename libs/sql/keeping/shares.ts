import type { Projection } from '../projections/projection.js';

/**
 * Into so many slots the subjects of views are dealt where several processes may keep them. Fixed: each slot has checkpoints
 * of its own. Twelve go evenly over two, three, four and six.
 */
export const SHARED_SLOTS = 12;

/** The work on generations themselves: beginning, completing, swapping and dropping them. */
export const CONSTRUCTION = 'construction';

/** A slot of the subjects, of all projections that can be split, so that an event is read and opened once for all of them. */
export const shareOfSlot = (slot: number): string => `subjects ${slot}`;

const SLOT = /^subjects (\d+)$/;

/** Whether its rows feed one another, so that nobody can keep a part of it. */
const isWhole = ({ partition, tables }: Projection): boolean =>
  partition === 'all' || tables.some((table) => table.kind === 'rows' && table.of === 'all');

/** The shares into which a projection falls. One that cannot be split is a share by its name. */
export const sharesOf = (projection: Projection, slots: number): readonly string[] =>
  isWhole(projection) ? [projection.name] : Array.from({ length: slots }, (_, slot) => shareOfSlot(slot));

/** Everything there is to keep. */
export const allShares = (projections: readonly Projection[], slots: number): readonly string[] => [
  CONSTRUCTION,
  ...new Set(projections.flatMap((projection) => sharesOf(projection, slots))),
];

/** @returns undefined for a share that is no slot */
export function slotOfShare(share: string): number | undefined {
  const slot = SLOT.exec(share)?.[1];
  return slot === undefined ? undefined : Number(slot);
}

/** Which slot a subject is in: FNV-1a, folded, the same in every process and release. */
export function slotOf(subject: string, slots: number): number {
  if (slots === 1) return 0;
  let hash = 0x811c9dc5;
  for (let at = 0; at < subject.length; at++) hash = Math.imul(hash ^ subject.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % slots;
}

export interface DealtShare {
  readonly share: string;
  /** Undefined where nobody who is there keeps it. */
  readonly holder: string | undefined;
}

/**
 * Who is to keep which share: as many to each as to any other, one more or less, and nothing moves that need not. Whoever
 * reckons with the same shares and keepers comes to the same.
 */
export function dealt(shares: readonly DealtShare[], keepers: readonly string[]): ReadonlyMap<string, string> {
  const held = new Map(keepers.map((keeper) => [keeper, [] as string[]]));
  const free: string[] = [];
  for (const { share, holder } of [...shares].sort((a, b) => (a.share < b.share ? -1 : 1))) {
    const its = holder === undefined ? undefined : held.get(holder);
    (its ?? free).push(share);
  }
  const least = Math.floor(shares.length / keepers.length);
  const more = shares.length % keepers.length;
  const byMost = [...held].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const quotas = byMost.map(([keeper, its], at) => ({ keeper, its, quota: least + Number(at < more) }));
  const target = new Map<string, string>();
  for (const { keeper, its, quota } of quotas) {
    free.push(...its.splice(quota));
    for (const share of its) target.set(share, keeper);
  }
  for (const { keeper, its, quota } of quotas) {
    for (const share of free.splice(0, quota - its.length)) target.set(share, keeper);
  }
  return target;
}
