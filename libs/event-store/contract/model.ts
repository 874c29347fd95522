import type { ExpectedRevision, ReadStreamOptions } from '../port.js';

interface ModelStream {
  readonly ids: string[];
  tombstoned: boolean;
  softDeleted: boolean;
  truncateBefore: number;
  maxCount: number;
  metadataEvents: number;
}

export type ModelAnswer =
  | { readonly revision: number }
  | { readonly conflict: number }
  | 'STREAM_DELETED'
  | 'STREAM_NOT_FOUND'
  | readonly number[];

const DONE: ModelAnswer = { revision: -1 };

/** The rules of EVENT_STORE.md 1–4, 11, 15 once more, as plainly as they can be said, over lists of ids in memory. */
export class ModelStore {
  private readonly streams = new Map<string, ModelStream>();
  /** Ids of all events in the order in which they were written. */
  readonly log: string[] = [];
  /** Where an id was written first: what `any` and `stream_exists` are recognised by. */
  private readonly written = new Map<string, { readonly stream: string; readonly revision: number }>();

  ids(name: string): readonly string[] {
    return this.stream(name).ids;
  }

  append(name: string, expected: ExpectedRevision, ids: readonly string[]): ModelAnswer {
    const stream = this.stream(name);
    const last = stream.ids.length - 1;
    if (stream.tombstoned || (expected === 'stream_exists' && stream.softDeleted)) return 'STREAM_DELETED';
    const before = expected === 'any' ? last : this.expectedRevision(stream, expected);
    if (expected === 'any' || (expected === 'stream_exists' && before === last)) {
      const known = ids.map((id) => this.written.get(id)).map((it) => (it?.stream === name ? it.revision : undefined));
      if (known[0] !== undefined) return known.includes(undefined) ? { conflict: last } : { revision: known.at(-1)! };
    }
    const there = stream.ids.slice(before + 1, before + 1 + ids.length);
    if (before < last && ids.length > 0 && there.join() === ids.join()) return { revision: before + ids.length };
    const countsAsNew = expected === 'no_stream' && stream.softDeleted && ids.length > 0 && there[0] !== ids[0];
    if (before !== last && !countsAsNew) return { conflict: last };
    this.revive(stream);
    if (ids.length === 0) return { revision: last };
    for (const id of ids) {
      if (!this.written.has(id)) this.written.set(id, { stream: name, revision: stream.ids.length });
      stream.ids.push(id);
    }
    this.log.push(...ids);
    return { revision: stream.ids.length - 1 };
  }

  delete(name: string, expected: ExpectedRevision): ModelAnswer {
    const stream = this.stream(name);
    const refusal = this.refusal(stream, expected);
    if (refusal) return refusal;
    if (stream.ids.length === 0 && stream.metadataEvents === 0) return { conflict: -1 };
    Object.assign(stream, { softDeleted: true, maxCount: Infinity, truncateBefore: 0 });
    stream.metadataEvents++;
    return DONE;
  }

  tombstone(name: string, expected: ExpectedRevision): ModelAnswer {
    const stream = this.stream(name);
    const refusal = this.refusal(stream, expected);
    if (refusal) return refusal;
    stream.tombstoned = true;
    return DONE;
  }

  describe(name: string, maxCount: number | undefined, truncateBefore: number | undefined): ModelAnswer {
    const stream = this.stream(name);
    if (stream.tombstoned) return 'STREAM_DELETED';
    const answer = { revision: stream.metadataEvents };
    const wasDeleted = stream.softDeleted;
    stream.maxCount = maxCount ?? Infinity;
    stream.truncateBefore = truncateBefore ?? 0;
    stream.metadataEvents++;
    if (wasDeleted) this.revive(stream);
    return answer;
  }

  read(name: string, { direction, from, maxCount = Infinity }: ReadStreamOptions): ModelAnswer {
    const stream = this.stream(name);
    if (stream.tombstoned) return 'STREAM_DELETED';
    if (stream.ids.length === 0 || stream.softDeleted) return 'STREAM_NOT_FOUND';
    const first = Math.max(stream.truncateBefore, stream.ids.length - stream.maxCount);
    const shown = stream.ids.map((_, revision) => revision).filter((revision) => revision >= first);
    if (direction !== 'backwards') return shown.filter((revision) => revision >= Number(from ?? 0)).slice(0, maxCount);
    const start = from === undefined ? Infinity : Number(from);
    return shown
      .reverse()
      .filter((revision) => revision <= start)
      .slice(0, maxCount);
  }

  private refusal(stream: ModelStream, expected: ExpectedRevision): ModelAnswer | undefined {
    const last = stream.ids.length - 1;
    if (stream.tombstoned || (expected === 'stream_exists' && stream.softDeleted)) return 'STREAM_DELETED';
    if (expected === 'any' || (expected === 'no_stream' && stream.softDeleted)) return undefined;
    return this.expectedRevision(stream, expected) === last ? undefined : { conflict: last };
  }

  private expectedRevision(stream: ModelStream, expected: Exclude<ExpectedRevision, 'any'>): number {
    const last = stream.ids.length - 1;
    if (expected === 'no_stream') return -1;
    if (expected === 'stream_exists') return last >= 0 || stream.metadataEvents > 0 ? last : NaN;
    return Number(expected);
  }

  /** Writing to a soft-deleted stream brings it back from its next revision on. */
  private revive(stream: ModelStream): void {
    if (!stream.softDeleted) return;
    stream.softDeleted = false;
    stream.truncateBefore = stream.ids.length;
    stream.metadataEvents++;
  }

  private stream(name: string): ModelStream {
    const known = this.streams.get(name);
    if (known) return known;
    const stream: ModelStream = {
      ids: [],
      tombstoned: false,
      softDeleted: false,
      truncateBefore: 0,
      maxCount: Infinity,
      metadataEvents: 0,
    };
    this.streams.set(name, stream);
    return stream;
  }
}
