import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { readResponse } from './responses.js';

const { ReadResp } = streamsPb;
const bytes = (message: streamsPb.ReadResp): Buffer => Buffer.from(message.serializeBinary());
const u64 = fc.oneof(fc.maxSafeNat().map(BigInt), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));

test('EVENT_STORE 13, 14: an event is read as the generated code writes it, byte for byte, 64 bits whole', () => {
  const sample = fc.record({
    id: fc.uuid(),
    stream: fc.string({ unit: 'grapheme' }),
    type: fc.string({ unit: 'grapheme' }),
    isJson: fc.boolean(),
    createdMs: fc.nat({ max: 4e12 }),
    revision: u64,
    commit: u64,
    prepare: u64,
    data: fc.uint8Array({ maxLength: 300 }),
    metadata: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(sample, ({ id, stream, type, isJson, createdMs, revision, commit, prepare, data, metadata }) => {
      const record = new ReadResp.ReadEvent.RecordedEvent()
        .setId(new sharedPb.UUID().setString(id))
        .setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(stream)))
        .setStreamRevision(String(revision))
        .setCommitPosition(String(commit))
        .setPreparePosition(String(prepare))
        .setData(data)
        .setCustomMetadata(metadata);
      const contentType = isJson ? 'application/json' : 'application/octet-stream';
      record.getMetadataMap().set('type', type).set('content-type', contentType).set('created', `${createdMs}1234`);
      const event = new ReadResp.ReadEvent().setEvent(record).setCommitPosition(String(commit));
      expect(readResponse(bytes(new ReadResp().setEvent(event)))).toEqual({
        kind: 'event',
        event: {
          ...{ id, stream, type, contentType, revision, createdMs, position: { commit, prepare } },
          data: Buffer.from(data),
          metadata: Buffer.from(metadata),
        },
      });
    }),
    { numRuns: 500 },
  );
});

test('what is no event is told apart, what is not known is left alone', () => {
  const at = new ReadResp.Checkpoint().setCommitPosition(String(2n ** 60n)).setPreparePosition('7');
  expect(readResponse(bytes(new ReadResp().setCheckpoint(at)))).toEqual({
    kind: 'checkpoint',
    position: { commit: 2n ** 60n, prepare: 7n },
  });
  expect(readResponse(bytes(new ReadResp().setCaughtUp(new ReadResp.CaughtUp())))).toEqual({ kind: 'caughtUp' });
  const confirmed = new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId('x'));
  expect(readResponse(bytes(confirmed))).toEqual({ kind: 'confirmed' });
  expect(readResponse(bytes(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound())))).toEqual({
    kind: 'streamNotFound',
  });
  expect(readResponse(bytes(new ReadResp().setLastStreamPosition('5')))).toEqual({ kind: 'other' });
  expect(readResponse(Buffer.alloc(0))).toEqual({ kind: 'other' });
});
