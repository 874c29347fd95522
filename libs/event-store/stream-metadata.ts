import { InvalidArgument } from './errors.js';
import type { StreamMetadata } from './port.js';

/** EventStoreDB's number for "deleted": the revision of a tombstone, and the `$tb` of a soft-deleted stream. */
export const DELETED_REVISION = 2n ** 63n - 1n;

export const METADATA_TYPE = '$metadata';
export const TOMBSTONE_TYPE = '$streamDeleted';

export const metadataStream = (stream: string): string => `$$${stream}`;
export const isMetadataStream = (stream: string): boolean => stream.startsWith('$$');
export const describedStream = (metadataStreamName: string): string => metadataStreamName.slice(2);

/** A metadata stream shows its last event only, as in EventStoreDB. */
export const OF_METADATA_STREAMS: StreamMetadata = { maxCount: 1 };

/** The first revision that is shown of a stream whose last one is `last`, besides what is too old. */
export function firstShown({ maxCount, truncateBefore }: StreamMetadata, last: bigint): bigint {
  const byCount = maxCount === undefined ? 0n : last - BigInt(maxCount) + 1n;
  const byPlace = truncateBefore ?? 0n;
  return byCount > byPlace ? byCount : byPlace;
}

export const isSoftDeleted = (metadata: StreamMetadata | undefined): boolean =>
  metadata?.truncateBefore === DELETED_REVISION;

/**
 * The data of a `$metadata` event, as EventStoreDB's clients write it. Members of `custom` stand beside the system's own.
 * @throws InvalidArgument where `custom` holds what JSON cannot carry (EVENT_STORE.md 10)
 */
export function encodeStreamMetadata(metadata: StreamMetadata): Buffer {
  const { maxCount, maxAgeSeconds, truncateBefore, custom } = metadata;
  // `$tb` is a 64-bit integer, which JSON.stringify does not write.
  const members = [
    ...(maxCount === undefined ? [] : [`"$maxCount":${maxCount}`]),
    ...(maxAgeSeconds === undefined ? [] : [`"$maxAge":${maxAgeSeconds}`]),
    ...(truncateBefore === undefined ? [] : [`"$tb":${truncateBefore}`]),
    ...customMembers(custom ?? {}),
  ];
  return Buffer.from(`{${members.join(',')}}`);
}

function customMembers(custom: Readonly<Record<string, unknown>>): string[] {
  try {
    return Object.entries(custom)
      .filter(([name, value]) => !SYSTEM_MEMBERS.has(name) && value !== undefined)
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  } catch (error) {
    throw new InvalidArgument(`Stream metadata must be JSON: ${(error as Error).message}`);
  }
}

const SYSTEM_MEMBERS = new Set(['$maxCount', '$maxAge', '$tb']);

/** What a `$metadata` event says; nothing where it is no JSON object, because anybody may have written it. */
export function decodeStreamMetadata(data: Uint8Array): StreamMetadata {
  if (data.length === 0) return {};
  const { $maxCount, $maxAge, $tb, ...custom } = jsonMembers(data);
  return {
    ...(isCount($maxCount) ? { maxCount: $maxCount } : {}),
    ...(isCount($maxAge) ? { maxAgeSeconds: $maxAge } : {}),
    ...(isCount($tb) || $tb === 0 ? { truncateBefore: revisionOf($tb) } : {}),
    ...(Object.keys(custom).length > 0 ? { custom } : {}),
  };
}

function jsonMembers(data: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** How EventStoreDB reads the members that it knows; `$acl` and `$cacheControl` are nothing to us, but they have to be right. */
const HEEDED: Readonly<Record<string, (value: unknown) => boolean>> = {
  $maxCount: Number.isInteger,
  $maxAge: (value) => Number.isInteger(value) && Math.abs(value as number) <= MAX_AGE_SECONDS,
  $tb: Number.isInteger,
  $cacheControl: Number.isInteger,
  $acl: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};
/** The longest time that .NET can say. */
const MAX_AGE_SECONDS = 922_337_203_685;

/**
 * What of a `$metadata` event a stream's readers are bound by. EventStoreDB heeds nothing of it where one of the members that it
 * knows is not what it should be, or where the event is not marked as JSON (`data` is null then).
 */
export function heededMetadata(data: Uint8Array | null | undefined): StreamMetadata {
  if (data === null || data === undefined || data.length === 0) return {};
  const members = jsonMembers(data);
  const isBroken = Object.entries(HEEDED).some(([name, isRight]) => name in members && !isRight(members[name]));
  return isBroken ? {} : decodeStreamMetadata(data);
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

/** Beyond the exact range of a double only "deleted" is meant. */
const revisionOf = (value: number): bigint => (value > Number.MAX_SAFE_INTEGER ? DELETED_REVISION : BigInt(value));
