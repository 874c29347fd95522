import type { EventMetadata, RecordedEvent, SealedPart } from './event.js';
import type { JsonObject } from './json.js';
import { upcast, type Upcasts } from './upcast.js';

/** What the codec needs of an event as it lies in the store. */
export interface EncodedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint | number;
  readonly type: string;
  /** JSON as UTF-8, or as the text that a reader has made of it already. */
  readonly data: Uint8Array | string;
  readonly metadata: Uint8Array | string;
}

/** The stored data of an event: its plain fields with the sealed parts beside them. */
export function encodeData(data: JsonObject, personal: Readonly<Record<string, SealedPart>> | undefined): Buffer {
  return Buffer.from(JSON.stringify(personal === undefined ? data : { ...data, personal }));
}

/**
 * Reads a stored event and lifts it to the present version.
 * @returns undefined for a foreign event: one that somebody else wrote into a stream of ours (EVENTS.md 3)
 */
export function decodeEvent(stored: EncodedEvent, upcasts: Upcasts): RecordedEvent | undefined {
  const meta = parse(stored.metadata) as EventMetadata | undefined;
  if (meta === undefined || !isEnvelope(meta)) return undefined;
  const content = parse(stored.data) as (JsonObject & { personal?: Record<string, SealedPart> }) | undefined;
  if (content === undefined) return undefined;
  const { personal } = content;
  // Most events have no parts, and leaving a field out copies all others one by one.
  const data = personal === undefined ? content : withoutParts(content);
  return {
    id: stored.id,
    stream: stored.stream,
    revision: Number(stored.revision),
    type: stored.type,
    data: upcast(upcasts, stored.type, meta.v, data),
    personal: personal ?? {},
    meta,
  };
}

/** Whether everything stands in the metadata that a fold relies on; what a stranger wrote may hold some of it. */
const isEnvelope = ({ v, prev, actor, command, recordedAt, occurredAt }: EventMetadata): boolean =>
  typeof v === 'number' &&
  [prev, actor?.id, command?.id, recordedAt, occurredAt].every((text) => typeof text === 'string');

function withoutParts({ personal: _, ...data }: JsonObject): JsonObject {
  return data;
}

function parse(encoded: Uint8Array | string): unknown {
  try {
    const value: unknown = JSON.parse(typeof encoded === 'string' ? encoded : textOf(encoded));
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
