import { createHash } from 'node:crypto';
import { comparePositions, newId, START, type Position } from '#kernel';
import { EventStoreError, WrongExpectedRevision } from '../errors.js';
import type { EventReader, EventStore, NewEvent, StoredEvent } from '../port.js';
import { decodeStreamMetadata, describedStream, isMetadataStream, TOMBSTONE_TYPE } from '../stream-metadata.js';
import { packPairs, type Moved } from './position-table.js';
import { positionsStream, predecessorsIn, PREDECESSORS_STREAM, recordMoved, streamOf } from './predecessors.js';
import { eventsOf, isOfTheStore, upTo } from './walk.js';

const PAIRS_PER_CHUNK = 10_000;
/** Of one append: well below what stores take by default, 1 MiB. */
const BATCH_EVENTS = 500;
const BATCH_BYTES = 512 * 1024;
/** What a store that one process has is given at once: it writes that in its order, and all or nothing of it. */
const APPENDS_AT_ONCE = 500;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Why a log was not moved; what was copied so far stays, and running it again goes on. */
export class MoveRefused extends EventStoreError {
  constructor(
    readonly code: 'TARGET_NOT_EMPTY' | 'COPY_DIFFERS' | 'SOURCE_CHANGED' | 'SOURCE_TRUNCATED',
    message: string,
  ) {
    super(message);
  }
}

export interface MoveOptions {
  readonly source: EventReader;
  readonly target: EventStore;
  /** What stands behind it is left out, and may be written meanwhile. Default: all, and nobody may write. */
  readonly until?: Position;
  /** Told how many events were copied or compared. */
  readonly onProgress?: (what: 'copying' | 'comparing', events: number) => void;
}

export interface MoveReport {
  readonly events: number;
  /** Of the events, how many were there already from a run that was cut off. */
  readonly resumedAt: number;
}

/**
 * Copies a log into another store: same ids, same bytes, same revisions, same order over all streams; then compares it event
 * by event and puts on record where each one stands now (EVENTS.md 4). What is the store's own stays: persistent subscriptions,
 * statistics. Killed at any point it goes on where it was when it is called again.
 * @throws MoveRefused; nobody may write into the target meanwhile, nor into the source where it is moved to its end
 */
export async function moveLog({
  source,
  target,
  until,
  onProgress = () => undefined,
}: MoveOptions): Promise<MoveReport> {
  const isDone = (await predecessorsIn(target)).some(({ epoch }) => epoch === source.epoch);
  if (isDone) return { events: 0, resumedAt: 0 };
  await begin(source.epoch, target);
  const resumedAt = await copy({ source, target, until, onCopied: (events) => onProgress('copying', events) });
  const end = until ?? (await source.head()) ?? START;
  const { events, chunks } = await compare(source, target, end, (count) => onProgress('comparing', count));
  if (until === undefined) await refuseChanged(source, end);
  await describe(source, target, until);
  for (const [at, chunk] of chunks.entries()) await writeChunk(target, source.epoch, at, chunk);
  await recordMoved(target, source.epoch, end);
  return { events, resumedAt };
}

async function refuseChanged(source: EventReader, end: Position): Promise<void> {
  for await (const { position } of eventsOf(source, isOfTheStore, comparePositions(end, START) === 0 ? undefined : end))
    throw new MoveRefused(
      'SOURCE_CHANGED',
      `Somebody wrote into the old log at ${position.commit} meanwhile: stop all of its engines, then run it again.`,
    );
}

const markStream = (epoch: string): string => `redress-move-${epoch}`;

/** @throws MoveRefused TARGET_NOT_EMPTY where the target holds anything but a copy of this log that was begun */
async function begin(epoch: string, target: EventStore): Promise<void> {
  if ((await streamOf(target, markStream(epoch))).length > 0) return;
  for await (const { stream } of eventsOf(target, isOfTheStore))
    throw new MoveRefused(
      'TARGET_NOT_EMPTY',
      `The target holds events already, ${stream} among them: name one that is empty.`,
    );
  await target.append(markStream(epoch), 'no_stream', [newEvent(newId(), 'MoveBegun', Buffer.from('{}'), true)]);
}

/** What the move itself wrote into the target. */
const isOfTheMove =
  (epoch: string) =>
  (event: StoredEvent): boolean =>
    isOfTheStore(event) || event.stream === markStream(epoch) || event.stream === positionsStream(epoch);

interface Copying {
  readonly source: EventReader;
  readonly target: EventStore;
  readonly until: Position | undefined;
  readonly onCopied: (events: number) => void;
}

/** @returns how many events were there already */
async function copy({ source, target, until, onCopied }: Copying): Promise<number> {
  const rest = upTo(until, eventsOf(source, isOfTheStore));
  let there = 0;
  for await (const copied of eventsOf(target, isOfTheMove(source.epoch))) {
    compareOne((await rest.next()).value as StoredEvent | undefined, copied);
    onCopied(++there);
  }
  let count = there;
  for await (const appends of together(batches(rest), target.isShared ? 1 : APPENDS_AT_ONCE)) {
    await allOf(appends.map((batch) => append(target, batch)));
    onCopied((count += appends.reduce((sum, batch) => sum + batch.length, 0)));
  }
  return there;
}

/** Neighbours of one stream go together: that keeps the order over all streams, and costs one append. */
async function* batches(events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent[]> {
  let batch: StoredEvent[] = [];
  let bytes = 0;
  for await (const event of events) {
    const size = sizeOf(event);
    const isFull = batch.length === BATCH_EVENTS || bytes + size > BATCH_BYTES;
    if (batch.length > 0 && (isFull || batch[0]!.stream !== event.stream)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** A sync of the disk carries as many appends as are given at once. */
async function* together(appends: AsyncIterable<StoredEvent[]>, atOnce: number): AsyncGenerator<StoredEvent[][]> {
  let group: StoredEvent[][] = [];
  let bytes = 0;
  for await (const batch of appends) {
    group.push(batch);
    bytes += batch.reduce((sum, event) => sum + sizeOf(event), 0);
    if (group.length < atOnce && bytes < BYTES_AT_ONCE) continue;
    yield group;
    [group, bytes] = [[], 0];
  }
  if (group.length > 0) yield group;
}

/** When nothing is under way any more: what failed first, where something did. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

const sizeOf = ({ data, metadata }: StoredEvent): number => data.length + metadata.length;

async function append(target: EventStore, batch: readonly StoredEvent[]): Promise<void> {
  const { stream, revision } = batch[0]!;
  try {
    await target.append(
      stream,
      revision === 0n ? 'no_stream' : revision - 1n,
      batch.map(({ id, type, contentType, data, metadata }) => ({ id, type, contentType, data, metadata })),
    );
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    throw new MoveRefused(
      'SOURCE_TRUNCATED',
      `${stream}@${revision} does not follow what was copied of it (${error.actual}): earlier events were scavenged, or somebody writes into the target.`,
    );
  }
}

interface Compared {
  readonly events: number;
  /** Where each event stood and stands, packed. */
  readonly chunks: readonly Buffer[];
}

async function compare(
  source: EventReader,
  target: EventStore,
  end: Position,
  onCompared: (events: number) => void,
): Promise<Compared> {
  const copies = eventsOf(target, isOfTheMove(source.epoch));
  const chunks: Buffer[] = [];
  let pairs: Moved[] = [];
  let events = 0;
  for await (const event of upTo(end, eventsOf(source, isOfTheStore))) {
    const { value } = (await copies.next()) as { value: StoredEvent | undefined };
    compareOne(event, value);
    pairs.push({ from: event.position, to: value!.position });
    onCompared(++events);
    if (pairs.length < PAIRS_PER_CHUNK) continue;
    chunks.push(packPairs(pairs));
    pairs = [];
  }
  const { value: more } = (await copies.next()) as { value: StoredEvent | undefined };
  if (more !== undefined) compareOne(undefined, more);
  if (pairs.length > 0) chunks.push(packPairs(pairs));
  return { events, chunks };
}

/** @throws MoveRefused COPY_DIFFERS where the one is not the other to the byte */
function compareOne(event: StoredEvent | undefined, copied: StoredEvent | undefined): void {
  const isSame =
    event !== undefined &&
    copied !== undefined &&
    event.id === copied.id &&
    event.stream === copied.stream &&
    event.revision === copied.revision &&
    event.type === copied.type &&
    event.contentType === copied.contentType &&
    Buffer.compare(event.data, copied.data) === 0 &&
    Buffer.compare(event.metadata, copied.metadata) === 0;
  if (isSame) return;
  const shown = (it: StoredEvent | undefined): string => (it ? `${it.stream}@${it.revision} (${it.id})` : 'nothing');
  throw new MoveRefused(
    'COPY_DIFFERS',
    `The copy is not what the log says: ${shown(event)} there, ${shown(copied)} here. Begin again with an empty target.`,
  );
}

/** The same id for the same places, so that a chunk that was written before a kill is recognised (EVENT_STORE.md 4). */
async function writeChunk(target: EventStore, epoch: string, at: number, chunk: Buffer): Promise<void> {
  const hex = createHash('sha256').update(`${epoch} ${at}\n`).update(chunk).digest('hex');
  const id = hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
  const expected = at === 0 ? ('no_stream' as const) : BigInt(at - 1);
  await target.append(positionsStream(epoch), expected, [newEvent(id, 'PositionsMoved', chunk, false)]);
}

/** Foreign streams may be described or deleted; ours never are (EVENT_STORE.md 15). Their last word counts. */
async function describe(source: EventReader, target: EventStore, until: Position | undefined): Promise<void> {
  const described = new Map<string, Uint8Array>();
  const ended = new Set<string>();
  for await (const { stream, type, data } of upTo(
    until,
    eventsOf(source, () => false),
  )) {
    if (type === TOMBSTONE_TYPE) ended.add(stream);
    else if (isMetadataStream(stream) && !stream.startsWith('$$$')) described.set(describedStream(stream), data);
  }
  for (const [stream, data] of described)
    if (!ended.has(stream)) await target.setStreamMetadata(stream, decodeStreamMetadata(data));
  for (const stream of ended) await target.tombstoneStream(stream, 'any');
}

const newEvent = (id: string, type: string, data: Buffer, isJson: boolean): NewEvent => ({
  id,
  type,
  contentType: isJson ? 'application/json' : 'application/octet-stream',
  data,
  metadata: Buffer.alloc(0),
});

/** Names of the streams in which a log says where it came from: no part of what a round trip must give back. */
export const isOfSuccession = (stream: string): boolean =>
  stream === PREDECESSORS_STREAM || /^redress-(move|positions)-/.test(stream);
