import type { ExpectedRevision } from '../port.js';

/** Where a stream stands when an append is judged. */
export interface StreamStanding {
  /** Of the last event; -1 where there is none. */
  readonly revision: number;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
}

/** What was written before, to recognise an append that comes again (EVENT_STORE.md 4, 5). */
export interface Memory {
  idAt(revision: number): string | undefined;
  /** The revision that the stream's event of this id got lately; forgotten after a while. */
  recentRevision(id: string): number | undefined;
}

export type Verdict =
  | { readonly kind: 'write' }
  /** All of it is there already, up to this revision. */
  | { readonly kind: 'known'; readonly revision: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'deleted' };

const WRITE: Verdict = { kind: 'write' };
const CONFLICT: Verdict = { kind: 'conflict' };
const DELETED: Verdict = { kind: 'deleted' };

/** What becomes of an append (EVENT_STORE.md 1–5, 15). */
export function judge(
  expected: ExpectedRevision,
  ids: readonly string[],
  stream: StreamStanding,
  memory: Memory,
): Verdict {
  if (stream.tombstoned) return DELETED;
  if (expected === 'any') return judgeByRecentIds(ids, memory);
  if (expected === 'stream_exists') {
    if (stream.softDeleted) return DELETED;
    return stream.revision < 0 && !stream.hasMetadata ? CONFLICT : judgeByRecentIds(ids, memory);
  }
  const before = expected === 'no_stream' ? -1 : Number(expected);
  if (before === stream.revision) return WRITE;
  if (before > stream.revision) return CONFLICT;
  return judgeAgainstHistory(before, ids, stream, memory);
}

/** Without a revision to go by it is recognised by ids that were written lately: all of them, or it is a conflict. */
function judgeByRecentIds(ids: readonly string[], memory: Memory): Verdict {
  const revisions = ids.map((id) => memory.recentRevision(id));
  if (revisions[0] === undefined) return WRITE;
  return revisions.includes(undefined) ? CONFLICT : { kind: 'known', revision: revisions.at(-1)! };
}

/** The stream is further than expected: fine where it is these very events that followed. */
function judgeAgainstHistory(before: number, ids: readonly string[], stream: StreamStanding, memory: Memory): Verdict {
  const different = ids.findIndex((id, i) => memory.idAt(before + 1 + i) !== id);
  if (different === -1) return ids.length === 0 ? CONFLICT : { kind: 'known', revision: before + ids.length };
  // After a soft delete the stream counts as new, though its numbers go on.
  return different === 0 && before === -1 && stream.softDeleted ? WRITE : CONFLICT;
}
