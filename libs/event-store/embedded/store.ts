import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { newId, type Position } from '#kernel';
import { appendBytes, checkedEvent, checkedExpectation, checkedStream, MAX_APPEND_BYTES } from '../checks.js';
import { EventTooLarge, StoreUnavailable, StreamDeleted, WrongExpectedRevision } from '../errors.js';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent, StreamMetadata } from '../port.js';
import { encodeStreamMetadata, metadataStream, METADATA_TYPE } from '../stream-metadata.js';
import { EmbeddedConsumerGroups } from './consumer-groups/consumer-groups.js';
import { GroupCommit } from './group-commit.js';
import type { WriteRequest } from './group.js';
import { lockFolder, type FolderLock } from './lock.js';
import { EmbeddedEventReader, logPath, type EmbeddedReaderOptions } from './reader.js';
import { positionAt } from './rows.js';

export interface EmbeddedStoreOptions extends EmbeddedReaderOptions {
  /** The largest append, in bytes of data, metadata and types. Default: 1 MiB (EVENT_STORE.md 6). */
  readonly maxAppendBytes?: number;
  /** Hears of what fails while nobody waits for it: checkpoints and parked events of consumer groups. */
  readonly onFault?: (error: unknown) => void;
}

const NO_BYTES = Buffer.alloc(0);

/** The log on SQLite: a thread of its own writes, the calling thread reads. One per folder. */
export class EmbeddedEventStore extends EmbeddedEventReader implements EventStore {
  /** One process has the folder. */
  readonly isShared = false;
  /** The largest append, in bytes. */
  readonly maxAppendBytes: number;
  readonly consumerGroups: EmbeddedConsumerGroups;
  private readonly now: () => number;

  constructor(
    private readonly lock: FolderLock,
    private readonly writer: GroupCommit,
    options: EmbeddedStoreOptions,
  ) {
    super(options);
    this.maxAppendBytes = options.maxAppendBytes ?? MAX_APPEND_BYTES;
    this.now = options.now ?? Date.now;
    this.consumerGroups = new EmbeddedConsumerGroups(this, options.onFault ?? (() => undefined), this.now);
  }

  /** An empty list of events writes nothing; it is answered with where the stream stands, revision -1 where it is missing. */
  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const accepted = events.map(checkedEvent);
    const sizeBytes = appendBytes(accepted);
    if (sizeBytes > this.maxAppendBytes) throw new EventTooLarge(sizeBytes, this.maxAppendBytes);
    return this.write('append', stream, expected, accepted);
  }

  async deleteStream(stream: string, expected: ExpectedRevision): Promise<Position> {
    return (await this.write('delete', checkedStream(stream), expected, [])).position;
  }

  async tombstoneStream(stream: string, expected: ExpectedRevision): Promise<Position> {
    return (await this.write('tombstone', checkedStream(stream), expected, [])).position;
  }

  async setStreamMetadata(
    stream: string,
    metadata: StreamMetadata,
    expected: ExpectedRevision = 'any',
  ): Promise<AppendResult> {
    const data = encodeStreamMetadata(metadata);
    const event: NewEvent = {
      id: newId(),
      type: METADATA_TYPE,
      contentType: 'application/json',
      data,
      metadata: NO_BYTES,
    };
    return this.append(metadataStream(checkedStream(stream)), expected, [event]);
  }

  /** What was accepted is written before the log closes. */
  override async close(): Promise<void> {
    await this.consumerGroups.close();
    await this.writer.close();
    await super.close();
    this.lock.release();
  }

  private async write(
    kind: WriteRequest['kind'],
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    checkedStream(stream);
    checkedExpectation(expected);
    const outcome = await this.writer.write({ kind, stream, expected, createdMs: this.now(), events });
    switch (outcome.kind) {
      case 'written':
        return { revision: outcome.revision, position: positionAt(outcome.position) };
      case 'conflict':
        throw new WrongExpectedRevision(stream, expected, outcome.actual);
      case 'deleted':
        throw new StreamDeleted(stream);
      case 'unavailable':
        throw new StoreUnavailable(outcome.reason);
      default:
        return outcome satisfies never;
    }
  }
}

/** @throws FolderInUse where another process writes there */
export async function openEmbeddedEventStore(options: EmbeddedStoreOptions): Promise<EmbeddedEventStore> {
  makeFolder(options.folder);
  const lock = lockFolder(options.folder);
  try {
    const writer = await GroupCommit.start(logPath(options));
    return new EmbeddedEventStore(lock, writer, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

export const openEmbeddedEventReader = (options: EmbeddedReaderOptions): EmbeddedEventReader =>
  new EmbeddedEventReader(options);

/** A folder that a power failure forgets would take the log along: its entry is synced like the log. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  const parent = openSync(dirname(first), 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
