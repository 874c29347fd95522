import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { EventRow, RowReader } from '../../embedded/rows.js';
import { EventEncoder } from './event-encoder.js';
import { idOf } from './messages.js';

const TYPES = ['SampleHappened', '投诉已受理 😀', '$>', 'x'.repeat(300)];
const encoder = new EventEncoder({ type: (id: number) => TYPES[id]! } as RowReader);
const TOMBSTONE = 2 ** 63;

const row: fc.Arbitrary<EventRow> = fc
  .record({
    position: fc.maxSafeNat(),
    stream: fc.string({ unit: 'grapheme', maxLength: 60 }),
    revision: fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat(), fc.constant(TOMBSTONE)),
    type: fc.nat({ max: TYPES.length - 1 }),
    json: fc.constantFrom(0, 1),
    created: fc.nat({ max: 4e12 }),
    id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    data: fc.uint8Array({ maxLength: 400 }),
    metadata: fc.uint8Array({ maxLength: 400 }),
  })
  .map(({ position, stream, revision, type, json, created, id, data, metadata }) => [
    position,
    stream,
    revision,
    type,
    json,
    created,
    Buffer.from(id).toString('hex').toUpperCase(),
    data.length,
    Buffer.concat([data, metadata]),
  ]);

const uuid = (hex: string): string => hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

function expected(of: EventRow, position: number) {
  return {
    id: uuid(of[6]),
    stream: of[1],
    revision: of[2] === TOMBSTONE ? '9223372036854775807' : String(of[2]),
    prepare: String(position),
    commit: String(position),
    about: [
      ['content-type', of[4] === 1 ? 'application/json' : 'application/octet-stream'],
      ['created', `${of[5]}0000`],
      ['type', TYPES[of[3]]],
    ],
    data: of[8].subarray(0, of[7]).toString('hex'),
    metadata: of[8].subarray(of[7]).toString('hex'),
  };
}

type Recorded = streamsPb.ReadResp.ReadEvent.RecordedEvent | persistentPb.ReadResp.ReadEvent.RecordedEvent;
const decoded = (record: Recorded) => ({
  id: idOf(record.getId()),
  stream: Buffer.from(record.getStreamIdentifier()!.getStreamName_asU8()).toString(),
  revision: record.getStreamRevision(),
  prepare: record.getPreparePosition(),
  commit: record.getCommitPosition(),
  about: record.getMetadataMap().toArray(),
  data: Buffer.from(record.getData_asU8()).toString('hex'),
  metadata: Buffer.from(record.getCustomMetadata_asU8()).toString('hex'),
});

test('EVENT_STORE 13, 14: what is written by hand reads as the client reads it, whatever is in the event', () => {
  fc.assert(
    fc.property(row, fc.constantFrom('string' as const, 'structured' as const), (event, form) => {
      const response = streamsPb.ReadResp.deserializeBinary(encoder.encode({ event }, form));
      const read = response.getEvent()!;
      expect(decoded(read.getEvent()!)).toEqual(expected(event, event[0]));
      expect(read.getEvent()!.getId()!.hasStructured()).toBe(form === 'structured');
      expect(read.getCommitPosition()).toBe(String(event[0]));
      expect(read.hasLink()).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('a link and what it points to both tell the position of the link; retries are counted', () => {
  fc.assert(
    fc.property(row, row, fc.nat({ max: 1000 }), (event, link, retryCount) => {
      const both = persistentPb.ReadResp.deserializeBinary(encoder.encode({ event, link, retryCount }, 'string'));
      const read = both.getEvent()!;
      expect(decoded(read.getEvent()!)).toEqual(expected(event, link[0]));
      expect(decoded(read.getLink()!)).toEqual(expected(link, link[0]));
      expect(read.getRetryCount()).toBe(retryCount);
      const broken = streamsPb.ReadResp.deserializeBinary(encoder.encode({ event: undefined, link }, 'string'));
      expect(broken.getEvent()!.hasEvent()).toBe(false);
      expect(decoded(broken.getEvent()!.getLink()!)).toEqual(expected(link, link[0]));
    }),
    { numRuns: 200 },
  );
});
