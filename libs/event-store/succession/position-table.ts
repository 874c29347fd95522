import type { Position } from '#kernel';

/** Where an event stood in the old log, and where it stands now. Both rise from one pair to the next. */
export interface Moved {
  readonly from: Position;
  readonly to: Position;
}

/**
 * Pairs as differences to the pair before, each a few bytes: a million events take some megabytes. The first pair is
 * written whole.
 */
export function packPairs(pairs: readonly Moved[]): Buffer {
  const bytes: number[] = [];
  let before = { from: 0n, to: 0n };
  for (const { from, to } of pairs) {
    for (const number of [from.commit - before.from, from.commit - from.prepare]) pushNumber(bytes, number);
    for (const number of [to.commit - before.to, to.commit - to.prepare]) pushNumber(bytes, number);
    before = { from: from.commit, to: to.commit };
  }
  return Buffer.from(bytes);
}

export function unpackPairs(bytes: Uint8Array): Moved[] {
  const pairs: Moved[] = [];
  let [at, from, to] = [0, 0n, 0n];
  const next = (): bigint => {
    let [number, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at++]!;
      number |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
      shift += 7n;
    }
  };
  while (at < bytes.length) {
    from += next();
    const fromPrepare = from - next();
    to += next();
    pairs.push({ from: { commit: from, prepare: fromPrepare }, to: { commit: to, prepare: to - next() } });
  }
  return pairs;
}

/** Seven bits a byte, the lowest first; a set top bit says that more follow. */
function pushNumber(bytes: number[], number: bigint): void {
  let rest = number;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
}
