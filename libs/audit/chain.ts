import { hash as digestOf } from 'node:crypto';

/** What the chain covers of an event, as it lies in the store. */
export interface ChainedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint | number;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** The `prev` of the first event of a stream. */
export const GENESIS = '0'.repeat(64);

const SEAL = /,"hash":"([0-9a-f]{64})"\}$/;
const LINK = '"prev":"';
const SEAL_BYTES = ',"hash":""}'.length + 64;

/**
 * The hash of an event of ours: SHA-256 over stream, revision, id, type, data and metadata, each led by its length,
 * the metadata without the trailing `,"hash":"…"}` that holds the result (EVENTS.md 3). The metadata carry `prev`, so
 * every hash covers all that came before it in the stream.
 */
export const chainHash = (event: ChainedEvent): string =>
  digest(event, event.metadata.subarray(0, bodyLength(event.metadata)), '');

/** A foreign event carries no `prev`; it is chained over its raw bytes behind the hash before it (EVENTS.md 3). */
export const foreignHash = (event: ChainedEvent, prev: string): string => digest(event, event.metadata, prev);

/** Closes metadata text (a JSON object without `hash`) with the hash of the event it belongs to. */
export function sealMetadata(
  event: Omit<ChainedEvent, 'metadata'>,
  metadataJson: string,
): { metadata: Buffer; hash: string } {
  const open = metadataJson.slice(0, -1);
  const hash = digest(event, Buffer.from(open), '');
  return { metadata: Buffer.from(`${open},"hash":"${hash}"}`), hash };
}

/** Whether somebody else wrote the event: it carries neither our seal nor our link, and one flipped byte cannot break both. */
export const isForeign = (metadata: Uint8Array): boolean =>
  claimedHash(metadata) === undefined && !Buffer.from(metadata).includes(LINK);

/** The hash an event of ours claims, undefined where its seal is broken or missing. */
export function claimedHash(metadata: Uint8Array): string | undefined {
  if (metadata.length < SEAL_BYTES) return undefined;
  return SEAL.exec(Buffer.from(metadata.subarray(metadata.length - SEAL_BYTES)).toString('latin1'))?.[1];
}

export type ChainFault =
  | { readonly fault: 'altered'; readonly revision: number }
  | { readonly fault: 'unlinked'; readonly revision: number }
  | { readonly fault: 'gap'; readonly revision: number };

export interface ChainReport {
  readonly events: number;
  readonly head: string;
  /** Revisions of events that were written by somebody else. */
  readonly foreign: readonly number[];
  readonly faults: readonly ChainFault[];
}

/** Follows one stream from its first event and reports every place where the chain does not hold. */
export function verifyChain(events: Iterable<ChainedEvent>): ChainReport {
  const foreign: number[] = [];
  const faults: ChainFault[] = [];
  let head = GENESIS;
  let count = 0;
  for (const event of events) {
    const revision = Number(event.revision);
    if (revision !== count) faults.push({ fault: 'gap', revision });
    const claimed = claimedHash(event.metadata);
    if (isForeign(event.metadata)) {
      foreign.push(revision);
      head = foreignHash(event, head);
    } else {
      if (claimed !== chainHash(event)) faults.push({ fault: 'altered', revision });
      if (prevOf(event.metadata) !== head) faults.push({ fault: 'unlinked', revision });
      head = claimed ?? head;
    }
    count = revision + 1;
  }
  return { events: count, head, foreign, faults };
}

function prevOf(metadata: Uint8Array): string | undefined {
  try {
    return (JSON.parse(Buffer.from(metadata).toString()) as { prev?: string }).prev;
  } catch {
    return undefined;
  }
}

const bodyLength = (metadata: Uint8Array): number => metadata.length - SEAL_BYTES;

function digest(event: Omit<ChainedEvent, 'metadata'>, metadata: Uint8Array, prev: string): string {
  const head = [event.stream, String(event.revision), event.id, event.type, prev]
    .map((text) => `${Buffer.byteLength(text)}:${text}`)
    .join('');
  const lengths = `${event.data.length}:${metadata.length}:`;
  return digestOf('sha256', Buffer.concat([Buffer.from(head + lengths), event.data, metadata]), 'hex');
}
