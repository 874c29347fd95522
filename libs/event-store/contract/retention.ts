import { expect, test } from '@jest/globals';
import { event, events, grow, history, ids, refusal, revisions, streamName, type StoreUnderTest } from './samples.js';

/** EVENT_STORE.md 15. */
export function retentionContract(under: StoreUnderTest): void {
  test('EVENT_STORE 15: a soft-deleted stream is not found, and its events stay in the log', async () => {
    const stream = streamName();
    const batch = events(2);
    const { position } = await under.store.append(stream, 'no_stream', batch);
    await under.store.deleteStream(stream, 1n);
    expect(await refusal(under.store.readStream(stream))).toEqual({ code: 'STREAM_NOT_FOUND', stream });
    const [last] = await under.store.readAll({ from: position, maxCount: 1 });
    expect(last!.id).toBe(batch[1]!.id);
  });

  test.each(['any', 'no_stream', 2n] as const)(
    'EVENT_STORE 15: writing to a soft-deleted stream with %s continues the numbers',
    async (expected) => {
      const stream = await grow(under.store, 3);
      await under.store.deleteStream(stream, 'any');
      expect((await under.store.append(stream, expected, events(2))).revision).toBe(4n);
      expect(revisions(await under.store.readStream(stream))).toEqual([3, 4]);
      expect((await under.store.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3n });
    },
  );

  test('EVENT_STORE 15: an append of nothing brings a soft-deleted stream back, too, with nothing to show', async () => {
    const stream = await grow(under.store, 2);
    await under.store.deleteStream(stream, 'any');
    expect((await under.store.append(stream, 'any', [])).revision).toBe(1n);
    expect(await under.store.readStream(stream)).toEqual([]);
    expect((await under.store.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 2n });
  });

  test('EVENT_STORE 15: after a soft delete another revision is still a conflict', async () => {
    const stream = await grow(under.store, 3);
    await under.store.deleteStream(stream, 'any');
    const answer = under.store.append(stream, 0n, [event()]);
    expect(await refusal(answer)).toMatchObject({ code: 'WRONG_EXPECTED_REVISION', actual: 2n });
  });

  test('EVENT_STORE 15: a soft delete forgets the other metadata', async () => {
    const stream = await grow(under.store, 3);
    await under.store.setStreamMetadata(stream, { maxCount: 1, custom: { mine: true } });
    await under.store.deleteStream(stream, 'any');
    await under.store.append(stream, 'any', events(2));
    expect(revisions(await under.store.readStream(stream))).toEqual([3, 4]);
  });

  test('EVENT_STORE 15: metadata set on a soft-deleted stream bring it back, its old events stay hidden', async () => {
    const stream = await grow(under.store, 2);
    await under.store.deleteStream(stream, 'any');
    await under.store.setStreamMetadata(stream, { maxCount: 5 });
    expect(await under.store.readStream(stream)).toEqual([]);
    const { metadata } = await under.store.getStreamMetadata(stream);
    expect(metadata).toEqual({ maxCount: 5, truncateBefore: 2n });
  });

  test('EVENT_STORE 15: a delete with a wrong revision, or of a missing stream, is a conflict', async () => {
    const stream = await grow(under.store, 2);
    const conflict = { code: 'WRONG_EXPECTED_REVISION' };
    expect(await refusal(under.store.deleteStream(stream, 7n))).toMatchObject({ ...conflict, stream, actual: 1n });
    expect(await refusal(under.store.tombstoneStream(stream, 7n))).toMatchObject({ ...conflict, stream, actual: 1n });
    const missing = under.store.deleteStream(streamName(), 'any');
    expect(await refusal(missing)).toMatchObject({ ...conflict, actual: 'no_stream' });
    expect(revisions(await under.store.readStream(stream))).toEqual([0, 1]);
  });

  test('EVENT_STORE 15: a tombstoned stream is deleted for everybody, for good', async () => {
    const stream = await grow(under.store, 2);
    await under.store.tombstoneStream(stream, 1n);
    const deleted = { code: 'STREAM_DELETED' };
    const attempts = [
      () => under.store.readStream(stream),
      () => under.store.append(stream, 'any', [event()]),
      () => under.store.append(stream, 'no_stream', [event()]),
      () => under.store.append(stream, 1n, [event()]),
      () => under.store.deleteStream(stream, 'any'),
      () => under.store.tombstoneStream(stream, 'any'),
      () => under.store.getStreamMetadata(stream),
      () => under.store.setStreamMetadata(stream, { maxCount: 1 }),
      () => history(under.store.subscribeToStream(stream)),
    ];
    for (const attempt of attempts) expect(await refusal(attempt())).toMatchObject(deleted);
    await under.reopen();
    for (const attempt of attempts) expect(await refusal(attempt())).toMatchObject(deleted);
  });

  test('EVENT_STORE 15: a missing stream can be tombstoned', async () => {
    const stream = streamName();
    await under.store.tombstoneStream(stream, 'any');
    expect(await refusal(under.store.readStream(stream))).toEqual({ code: 'STREAM_DELETED', stream });
  });

  test('EVENT_STORE 15: $maxCount narrows what is read', async () => {
    const stream = await grow(under.store, 6);
    await under.store.setStreamMetadata(stream, { maxCount: 2 });
    expect(revisions(await under.store.readStream(stream))).toEqual([4, 5]);
    expect(revisions(await under.store.readStream(stream, { from: 1n, maxCount: 1 }))).toEqual([4]);
    expect(revisions(await under.store.readStream(stream, { direction: 'backwards' }))).toEqual([5, 4]);
    expect(await under.store.readStream(stream, { direction: 'backwards', from: 3n })).toEqual([]);
  });

  test('EVENT_STORE 15: $tb narrows what is read, also what is appended next', async () => {
    const stream = await grow(under.store, 4);
    await under.store.setStreamMetadata(stream, { truncateBefore: 3n });
    expect(revisions(await under.store.readStream(stream))).toEqual([3]);
    await under.store.setStreamMetadata(stream, { truncateBefore: 5n });
    expect(await under.store.readStream(stream)).toEqual([]);
    await under.store.append(stream, 3n, events(2));
    expect(revisions(await under.store.readStream(stream))).toEqual([5]);
  });

  test('EVENT_STORE 15: $maxAge leaves young events alone', async () => {
    const stream = await grow(under.store, 2);
    await under.store.setStreamMetadata(stream, { maxAgeSeconds: 86_400 });
    expect(revisions(await under.store.readStream(stream))).toEqual([0, 1]);
  });

  test('EVENT_STORE 15: metadata are read as they were set, with an expectation of their own', async () => {
    const stream = streamName();
    expect(await under.store.getStreamMetadata(stream)).toEqual({ metadata: {}, revision: undefined });
    const metadata = {
      maxCount: 3,
      maxAgeSeconds: 60,
      truncateBefore: 1n,
      custom: { $cacheControl: 5, mine: { a: '文' } },
    };
    expect((await under.store.setStreamMetadata(stream, metadata, 'no_stream')).revision).toBe(0n);
    expect(await under.store.getStreamMetadata(stream)).toEqual({ metadata, revision: 0n });
    const again = under.store.setStreamMetadata(stream, { maxCount: 4 }, 'no_stream');
    expect(await refusal(again)).toMatchObject({ code: 'WRONG_EXPECTED_REVISION', stream: `$$${stream}`, actual: 0n });
    await under.store.setStreamMetadata(stream, { maxCount: 4 }, 0n);
    expect(await under.store.getStreamMetadata(stream)).toEqual({ metadata: { maxCount: 4 }, revision: 1n });
  });

  test('EVENT_STORE 15: metadata are a stream that shows its last event', async () => {
    const stream = await grow(under.store, 1);
    await under.store.setStreamMetadata(stream, { maxCount: 3 });
    await under.store.setStreamMetadata(stream, { maxCount: 7 });
    const shown = await under.store.readStream(`$$${stream}`);
    expect(shown).toMatchObject([{ type: '$metadata', revision: 1n, contentType: 'application/json' }]);
    expect(Buffer.from(shown[0]!.data).toString()).toBe('{"$maxCount":7}');
    expect(ids(await under.store.readStream(stream))).toHaveLength(1);
  });
}
