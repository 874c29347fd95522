import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from '../port.js';

/** 10,000 ticks are a millisecond. */
const TICK_DIGITS = 4;

/**
 * The event byte for byte as it lies in the store. The client's own conversion parses JSON and could not give the bytes back
 * that hash chains go over.
 */
export function storedEvent(record: streamsPb.ReadResp.ReadEvent.RecordedEvent): StoredEvent {
  const about = record.getMetadataMap();
  const created = about.get('created') ?? '0';
  return {
    id: uuidText(record.getId()),
    stream: Buffer.from(record.getStreamIdentifier()!.getStreamName_asU8()).toString(),
    revision: BigInt(record.getStreamRevision()),
    type: about.get('type') ?? '',
    contentType: about.get('content-type') === 'application/json' ? 'application/json' : 'application/octet-stream',
    data: bytes(record.getData_asU8()),
    metadata: bytes(record.getCustomMetadata_asU8()),
    position: { commit: BigInt(record.getCommitPosition()), prepare: BigInt(record.getPreparePosition()) },
    createdMs: Number(created.slice(0, -TICK_DIGITS) || 0),
  };
}

const bytes = (array: Uint8Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

/** We ask for ids as text. */
const uuidText = (uuid: sharedPb.UUID | undefined): string => uuid?.getString().toLowerCase() ?? '';
