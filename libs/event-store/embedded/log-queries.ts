import type Database from 'better-sqlite3';
import { InvalidArgument, StreamDeleted, StreamNotFound } from '../errors.js';
import type { ReadAllOptions, ReadStreamOptions, StoredEvent, StreamMetadata } from '../port.js';
import { START, type Position } from '#kernel';
import {
  decodeStreamMetadata,
  DELETED_REVISION,
  describedStream,
  firstShown,
  heededMetadata,
  isMetadataStream,
  isSoftDeleted,
  metadataStream,
  OF_METADATA_STREAMS,
} from '../stream-metadata.js';
import { EVENT_COLUMNS, EVENTS, RowReader, TEXT_COLUMNS, type EventRow, type TextEvent, type TextRow } from './rows.js';

interface FoundStream {
  readonly id: bigint;
  /** Of the last event, which may be the tombstone. */
  readonly last: bigint;
  /** The data of the last event of its metadata stream, where that is JSON. */
  readonly description: Buffer | null;
}

/** `first` is the first revision that is shown, `last` the last one that was written. */
export interface StreamPage {
  readonly rows: EventRow[];
  readonly first: bigint;
  readonly last: bigint;
}

const NO_LIMIT = -1;

/** The queries on a log, each answered at once: a read transaction never outlives a call. */
export class LogQueries {
  readonly rows: RowReader;
  private readonly findStream;
  private readonly findLast;
  private readonly streamForwards;
  private readonly streamBackwards;
  private readonly allForwards;
  private readonly allBackwards;
  private readonly allText;
  private readonly findHead;
  private readonly findDelivered;

  constructor(
    db: Database.Database,
    private readonly nowMs: () => number,
  ) {
    this.rows = new RowReader(db);
    this.findStream = db
      .prepare<[string], FoundStream>(
        `SELECT id,
           (SELECT max(revision) FROM events WHERE stream = streams.id) AS last,
           (SELECT CASE WHEN json = 1 THEN data END FROM streams AS descriptions JOIN events ON events.stream = descriptions.id
            WHERE descriptions.name = '$$' || streams.name ORDER BY revision DESC LIMIT 1) AS description
         FROM streams WHERE name = ?`,
      )
      .safeIntegers();
    this.findLast = db.prepare<[bigint, bigint], { revision: number; data: Buffer }>(
      'SELECT revision, data FROM events WHERE stream = ? AND revision = ?',
    );
    const ofStream = (order: string) =>
      db
        .prepare<[bigint, bigint, bigint, number, number], EventRow>(
          `SELECT ${EVENT_COLUMNS} FROM ${EVENTS}
           WHERE stream = ? AND revision >= ? AND revision <= ? AND created >= ? ORDER BY revision ${order} LIMIT ?`,
        )
        .raw();
    this.streamForwards = ofStream('ASC');
    this.streamBackwards = ofStream('DESC');
    const ofAll = <Row>(columns: string, rest: string) =>
      db.prepare<[bigint, number], Row>(`SELECT ${columns} FROM ${EVENTS} WHERE position ${rest} LIMIT ?`).raw();
    this.allForwards = ofAll<EventRow>(EVENT_COLUMNS, '>= ? ORDER BY position');
    this.allBackwards = ofAll<EventRow>(EVENT_COLUMNS, '< ? ORDER BY position DESC');
    this.allText = ofAll<TextRow>(TEXT_COLUMNS, '> ? ORDER BY position');
    this.findHead = db.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
    this.findDelivered = db
      .prepare<[], number>(
        `SELECT position FROM events CROSS JOIN types ON types.id = events.type
         WHERE substr(types.name, 1, 1) <> '$' ORDER BY position DESC LIMIT 1`,
      )
      .pluck();
  }

  head(): number | undefined {
    return this.findHead.get() ?? undefined;
  }

  /** The last event that is no system event. */
  delivered(): number | undefined {
    return this.findDelivered.get();
  }

  /** EVENT_STORE.md 11, 12, 15. @throws as `EventReader.readStream` */
  readStream(name: string, { direction = 'forwards', from, maxCount }: ReadStreamOptions): StoredEvent[] {
    const limit = checkedCount(maxCount);
    const start = from ?? (direction === 'forwards' ? 'start' : 'end');
    if (start === 'end' && direction === 'forwards') throw forwardsFromEnd();
    if (typeof start === 'bigint' && start < 0n) throw new InvalidArgument(`Revision ${start} is negative.`);
    const revision = start === 'start' ? 0n : start === 'end' ? DELETED_REVISION : start;
    return this.streamPage(name, direction, revision, limit).rows.map((row) => this.rows.event(row));
  }

  /**
   * Rows of a stream from a revision on, inclusive, as its metadata let them be shown.
   * @throws StreamNotFound, StreamDeleted
   */
  streamPage(name: string, direction: 'forwards' | 'backwards', from: bigint, limit: number): StreamPage {
    const stream = this.liveStream(name);
    if (!stream) throw new StreamNotFound(name);
    const metadata = isMetadataStream(name) ? OF_METADATA_STREAMS : heededMetadata(stream.description);
    if (isSoftDeleted(metadata)) throw new StreamNotFound(name);
    const first = firstShown(metadata, stream.last);
    const oldestMs = metadata.maxAgeSeconds === undefined ? 0 : this.nowMs() - metadata.maxAgeSeconds * 1000;
    const rows =
      direction === 'forwards'
        ? this.streamForwards.all(stream.id, larger(from, first), stream.last, oldestMs, limit)
        : this.streamBackwards.all(stream.id, first, smaller(from, stream.last), oldestMs, limit);
    return { rows, first, last: stream.last };
  }

  /** What was appended behind a revision, whatever the metadata hide; a tombstone is the last of it. */
  appendedAfter(name: string, after: bigint, limit: number): StoredEvent[] {
    return this.rowsAppendedAfter(name, after, limit).map((row) => this.rows.event(row));
  }

  rowsAppendedAfter(name: string, after: bigint, limit: number): EventRow[] {
    const stream = this.findStream.get(name);
    if (!stream || stream.last <= after) return [];
    return this.streamForwards.all(stream.id, after + 1n, stream.last, 0, limit);
  }

  /** The revision of the last event, -1 where there is none. @throws StreamDeleted */
  lastRevision(name: string): bigint {
    return this.liveStream(name)?.last ?? -1n;
  }

  /** EVENT_STORE.md 12. */
  readAll({ direction = 'forwards', from, maxCount }: ReadAllOptions): StoredEvent[] {
    const limit = checkedCount(maxCount);
    const start = from ?? (direction === 'forwards' ? 'start' : 'end');
    if (direction === 'backwards') {
      if (start === 'start') return [];
      const before = start === 'end' ? DELETED_REVISION : start.commit;
      return this.allBackwards.all(before, limit).map((row) => this.rows.event(row));
    }
    if (start === 'end') throw forwardsFromEnd();
    const first = start === 'start' ? START.commit : start.commit;
    return this.rawAll(first, limit).map((row) => this.rows.event(row));
  }

  rawAll(first: bigint, limit: number): EventRow[] {
    return this.allForwards.all(first, limit);
  }

  /** Backwards, exclusive. */
  rawAllBackwards(before: bigint, limit: number): EventRow[] {
    return this.allBackwards.all(before, limit);
  }

  textAfter(after: Position, limit: number): TextEvent[] {
    return this.allText.all(after.commit, limit).map((row) => this.rows.text(row));
  }

  /** @throws StreamDeleted */
  describe(name: string): { metadata: StreamMetadata; revision: bigint | undefined } {
    this.liveStream(name);
    const description = this.findStream.get(metadataStream(name));
    const event = description && this.findLast.get(description.id, description.last);
    if (!event) return { metadata: {}, revision: undefined };
    return { metadata: decodeStreamMetadata(event.data), revision: BigInt(event.revision) };
  }

  private liveStream(name: string): FoundStream | undefined {
    if (isMetadataStream(name)) this.liveStream(describedStream(name));
    const stream = this.findStream.get(name);
    if (stream?.last === DELETED_REVISION) throw new StreamDeleted(name);
    return stream;
  }
}

function checkedCount(maxCount: number | undefined): number {
  if (maxCount === undefined) return NO_LIMIT;
  if (!Number.isInteger(maxCount) || maxCount < 0) throw new InvalidArgument(`maxCount ${maxCount} is no count.`);
  return maxCount;
}

const forwardsFromEnd = (): InvalidArgument => new InvalidArgument('There is nothing to read forwards from the end.');
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
