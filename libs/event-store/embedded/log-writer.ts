import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { newId } from '#kernel';
import type { NewEvent, StreamMetadata } from '../port.js';
import {
  DELETED_REVISION,
  describedStream,
  encodeStreamMetadata,
  firstShown,
  heededMetadata,
  isMetadataStream,
  isSoftDeleted,
  metadataStream,
  METADATA_TYPE,
  OF_METADATA_STREAMS,
  TOMBSTONE_TYPE,
} from '../stream-metadata.js';
import { judge, type StreamStanding, type Verdict } from './append-rules.js';
import type { WriteOutcome, WriteRequest } from './group.js';
import { LogTables, type KnownStream } from './log-tables.js';

/** Ids that an append with `any` is recognised by (EVENT_STORE.md 5: best effort). */
const REMEMBERED_IDS = 50_000;
const NO_BYTES = Buffer.alloc(0);

/** Writes groups of requests, each group in one transaction: it is on disk when `commit` returns. */
export class LogWriter {
  private readonly tables: LogTables;
  private readonly recent = new LRUCache<string, { stream: string; revision: number }>({ max: REMEMBERED_IDS });
  private readonly transaction: (requests: readonly WriteRequest[]) => WriteOutcome[];

  constructor(db: Database.Database) {
    this.tables = new LogTables(db);
    const all = db.transaction((requests: readonly WriteRequest[]) => requests.map((request) => this.write(request)));
    this.transaction = all.immediate;
  }

  /**
   * A request that is refused leaves the others alone. Where the disk fails (full, broken) nothing of the group is
   * written, all of it is unavailable, and the next group is tried afresh.
   */
  commit(requests: readonly WriteRequest[]): WriteOutcome[] {
    try {
      return this.transaction(requests);
    } catch (error) {
      this.tables.forget();
      this.recent.clear();
      if (!(error instanceof Database.SqliteError)) throw error;
      const reason = `The log cannot be written (${error.code}: ${error.message}): see to the disk and try again.`;
      return requests.map(() => ({ kind: 'unavailable', reason }));
    }
  }

  private write(request: WriteRequest): WriteOutcome {
    const stream = this.tables.stream(request.stream);
    const standing = this.standing(stream);
    const ids = request.kind === 'append' ? request.events.map(({ id }) => hex(id)) : [newId()];
    const verdict = judge(request.expected, ids, standing, {
      idAt: (revision) => this.tables.eventAt(stream, revision)?.id,
      recentRevision: (id) => this.recentRevision(stream, id),
    });
    if (verdict.kind !== 'write') return this.answer(verdict, stream, request.createdMs);
    switch (request.kind) {
      case 'append':
        return this.append(stream, standing, request);
      case 'delete':
        return this.softDelete(stream, standing, request.createdMs);
      case 'tombstone':
        return this.tombstone(stream, request.createdMs);
      default:
        return request.kind satisfies never;
    }
  }

  private answer(verdict: Exclude<Verdict, { kind: 'write' }>, stream: KnownStream, nowMs: number): WriteOutcome {
    if (verdict.kind === 'deleted') return verdict;
    if (verdict.kind === 'conflict') return conflict(stream);
    return written(verdict.revision, this.shownPosition(stream, verdict.revision, nowMs));
  }

  /** As EventStoreDB, which reads the event to learn its position: -1 where the stream's metadata hide it. */
  private shownPosition(stream: KnownStream, revision: number, nowMs: number): number {
    const event = this.tables.eventAt(stream, revision)!;
    const metadata = this.metadataOf(stream);
    const oldestMs = metadata.maxAgeSeconds === undefined ? 0 : nowMs - metadata.maxAgeSeconds * 1000;
    const isShown = revision >= firstShown(metadata, BigInt(stream.revision)) && event.created >= oldestMs;
    return isShown ? event.position : -1;
  }

  private append(stream: KnownStream, standing: StreamStanding, { events, createdMs }: WriteRequest): WriteOutcome {
    const described = isMetadataStream(stream.name) ? this.tables.stream(describedStream(stream.name)) : undefined;
    const revived = described !== undefined && this.standing(described).softDeleted;
    let position = events.length === 0 ? this.tables.nextPosition() : -1;
    for (const event of events) {
      position = this.tables.insert(stream, stream.revision + 1, event, createdMs);
      this.remember(hex(event.id), stream);
    }
    const outcome = written(stream.revision, position);
    if (standing.softDeleted) this.revive(stream, stream.revision + 1 - events.length, createdMs);
    if (revived) this.revive(described, described.revision + 1, createdMs);
    return outcome;
  }

  /** What was soft-deleted stays hidden; the stream is read again from here on (EVENT_STORE.md 15). */
  private revive(stream: KnownStream, from: number, createdMs: number): void {
    const metadata = this.metadataOf(stream);
    this.describe(stream, encodeStreamMetadata({ ...metadata, truncateBefore: BigInt(from) }), createdMs);
  }

  private softDelete(stream: KnownStream, standing: StreamStanding, createdMs: number): WriteOutcome {
    if (stream.revision < 0 && !standing.hasMetadata) return conflict(stream);
    const position = this.describe(stream, encodeStreamMetadata({ truncateBefore: DELETED_REVISION }), createdMs);
    return written(stream.revision, position);
  }

  private tombstone(stream: KnownStream, createdMs: number): WriteOutcome {
    const event = newEvent(TOMBSTONE_TYPE, 'application/octet-stream', NO_BYTES);
    return written(DELETED_REVISION, this.tables.insert(stream, DELETED_REVISION, event, createdMs));
  }

  private describe(stream: KnownStream, metadata: Buffer, createdMs: number): number {
    const description = this.tables.stream(metadataStream(stream.name));
    const event = newEvent(METADATA_TYPE, 'application/json', metadata);
    return this.tables.insert(description, description.revision + 1, event, createdMs);
  }

  private standing(stream: KnownStream): StreamStanding {
    return {
      revision: stream.revision,
      tombstoned: this.isTombstoned(stream),
      softDeleted: isSoftDeleted(this.metadataOf(stream)),
      hasMetadata: this.tables.stream(metadataStream(stream.name)).revision >= 0,
    };
  }

  /** Metadata go with the stream that they describe. */
  private isTombstoned({ name, tombstoned }: KnownStream): boolean {
    return tombstoned || (isMetadataStream(name) && this.isTombstoned(this.tables.stream(describedStream(name))));
  }

  private metadataOf(stream: KnownStream): StreamMetadata {
    if (isMetadataStream(stream.name)) return OF_METADATA_STREAMS;
    return heededMetadata(this.tables.lastJson(this.tables.stream(metadataStream(stream.name))));
  }

  /** Of an id that was written more than once EventStoreDB remembers the first. */
  private remember(id: string, { name, revision }: KnownStream): void {
    if (!this.recent.has(id)) this.recent.set(id, { stream: name, revision });
  }

  private recentRevision(stream: KnownStream, id: string): number | undefined {
    const known = this.recent.peek(id);
    return known?.stream === stream.name ? known.revision : undefined;
  }
}

const hex = (id: string): string => id.replaceAll('-', '');

const newEvent = (type: string, contentType: NewEvent['contentType'], data: Buffer): NewEvent => ({
  id: newId(),
  type,
  contentType,
  data,
  metadata: NO_BYTES,
});

const written = (revision: number | bigint, position: number): WriteOutcome => ({
  kind: 'written',
  revision: BigInt(revision),
  position,
});

const conflict = ({ revision }: KnownStream): WriteOutcome => ({
  kind: 'conflict',
  actual: revision < 0 ? 'no_stream' : BigInt(revision),
});
