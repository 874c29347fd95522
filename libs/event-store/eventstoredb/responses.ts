import type { Position } from '#kernel';
import type { StoredEvent } from '../port.js';
import { WireReader } from './wire-reader.js';

/** What Streams.Read answers, as far as it is listened to. */
export type ReadResponse =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'streamNotFound' }
  | { readonly kind: 'caughtUp' }
  | { readonly kind: 'other' };

const OTHER: ReadResponse = { kind: 'other' };

/**
 * Reads a `ReadResp` straight into an event, byte for byte as it lies in the store: the client's own conversion parses JSON and
 * could not give back the bytes that hash chains go over, and its message objects cost more than all else.
 */
export function readResponse(bytes: Buffer): ReadResponse {
  const reader = new WireReader(bytes);
  switch (reader.field()) {
    case 1: {
      const event = recordOf(reader.message());
      return event === undefined ? OTHER : { kind: 'event', event };
    }
    case 2:
      return { kind: 'confirmed' };
    case 3:
      return { kind: 'checkpoint', position: positionOf(reader.message()) };
    case 4:
      return { kind: 'streamNotFound' };
    case 8:
      return { kind: 'caughtUp' };
    default:
      return OTHER;
  }
}

/** `ReadEvent`: we follow no links, so the event is the first of it. */
function recordOf(reader: WireReader): StoredEvent | undefined {
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) return storedEvent(reader.message());
    reader.skip();
  }
  return undefined;
}

function positionOf(reader: WireReader): Position {
  let [commit, prepare] = [0n, 0n];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) commit = reader.bigint();
    else if (field === 2) prepare = reader.bigint();
    else reader.skip();
  }
  return { commit, prepare };
}

const NOTHING = Buffer.alloc(0);
/** 10,000 ticks are a millisecond. */
const TICK_DIGITS = 4;

export function storedEvent(reader: WireReader): StoredEvent {
  let [id, stream, type, created] = ['', '', '', ''];
  let [revision, commit, prepare] = [0n, 0n, 0n];
  let data: Buffer = NOTHING;
  let metadata: Buffer = NOTHING;
  let isJson = false;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) id = textWithin(reader.message(), 2);
    else if (field === 2) stream = textWithin(reader.message(), 3);
    else if (field === 3) revision = reader.bigint();
    else if (field === 4) prepare = reader.bigint();
    else if (field === 5) commit = reader.bigint();
    else if (field === 6) {
      const [name, value] = entryOf(reader.message());
      if (name === 'type') type = value;
      else if (name === 'created') created = value;
      else if (name === 'content-type') isJson = value === 'application/json';
    } else if (field === 7) metadata = reader.slice();
    else if (field === 8) data = reader.slice();
    else reader.skip();
  }
  return {
    id: id.toLowerCase(),
    stream,
    revision,
    type,
    contentType: isJson ? 'application/json' : 'application/octet-stream',
    data,
    metadata,
    position: { commit, prepare },
    createdMs: Number(created.slice(0, -TICK_DIGITS) || 0),
  };
}

function textWithin(reader: WireReader, wanted: number): string {
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === wanted) return reader.text();
    reader.skip();
  }
  return '';
}

function entryOf(reader: WireReader): [string, string] {
  let [name, value] = ['', ''];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) name = reader.text();
    else if (field === 2) value = reader.text();
    else reader.skip();
  }
  return [name, value];
}
