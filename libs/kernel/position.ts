/** A place in the log over all streams. EventStoreDB needs both numbers; the embedded store uses one number for both. */
export interface Position {
  readonly commit: bigint;
  readonly prepare: bigint;
}

export const START: Position = { commit: -1n, prepare: -1n };

export function comparePositions(a: Position, b: Position): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare !== b.prepare) return a.prepare < b.prepare ? -1 : 1;
  return 0;
}

/** An opaque token that names the log's epoch (EVENTS.md 4), e.g. `k3v9x2-1f4` */
export function positionToken(epoch: string, at: Position): string {
  const commit = at.commit.toString(36);
  return at.commit === at.prepare ? `${epoch}-${commit}` : `${epoch}-${commit}-${at.prepare.toString(36)}`;
}

const TOKEN = /^([0-9a-z]{1,32})-([0-9a-z]{1,13})(?:-([0-9a-z]{1,13}))?$/;

/** The log that a token names, by its epoch, and the place in it; undefined where it is no token. */
export function readPositionToken(token: string): { readonly epoch: string; readonly position: Position } | undefined {
  const match = TOKEN.exec(token);
  if (!match) return undefined;
  const commit = fromBase36(match[2]!);
  return { epoch: match[1]!, position: { commit, prepare: match[3] === undefined ? commit : fromBase36(match[3]) } };
}

/** @returns the position, `foreign` where the token is of another log, `malformed` where it is no token */
export function parsePositionToken(epoch: string, token: string): Position | 'foreign' | 'malformed' {
  const read = readPositionToken(token);
  if (!read) return 'malformed';
  return read.epoch === epoch ? read.position : 'foreign';
}

const fromBase36 = (digits: string): bigint =>
  [...digits].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
