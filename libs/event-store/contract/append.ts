import { expect, test } from '@jest/globals';
import { comparePositions } from '#kernel';
import type { ExpectedRevision } from '../port.js';
import { event, events, grow, ids, refusal, revisions, streamName, type StoreUnderTest } from './samples.js';

/** EVENT_STORE.md 1–10. */
export function appendContract(under: StoreUnderTest): void {
  test('EVENT_STORE 1: no_stream, a revision, stream_exists and any are met', async () => {
    const stream = streamName();
    const expectations: ExpectedRevision[] = ['no_stream', 0n, 'stream_exists', 'any'];
    for (const [i, expected] of expectations.entries())
      expect((await under.store.append(stream, expected, [event()])).revision).toBe(BigInt(i));
    expect((await under.store.append(streamName(), 'any', events(3))).revision).toBe(2n);
  });

  test.each<[string, number, ExpectedRevision, unknown]>([
    ['a revision on a missing stream', 0, 5n, 'no_stream'],
    ['a revision below the current one', 3, 0n, 2n],
    ['a revision above the current one', 1, 7n, 0n],
    ['no_stream on an existing stream', 1, 'no_stream', 0n],
    ['stream_exists on a missing stream', 0, 'stream_exists', 'no_stream'],
  ])('EVENT_STORE 2: %s is a conflict that says what is there', async (_, count, expected, actual) => {
    const stream = await grow(under.store, count);
    const answer = under.store.append(stream, expected, [event()]);
    expect(await refusal(answer)).toEqual({ code: 'WRONG_EXPECTED_REVISION', stream, expected, actual });
    await expect(answer).rejects.toThrow(stream);
  });

  test('EVENT_STORE 2: a negative revision is an invalid argument', async () => {
    const answer = under.store.append(streamName(), -3n, [event()]);
    expect(await refusal(answer)).toEqual({ code: 'INVALID_ARGUMENT' });
  });

  test('EVENT_STORE 3: stream_exists passes where there is only metadata, and not on a soft-deleted stream', async () => {
    const described = streamName();
    await under.store.setStreamMetadata(described, { maxCount: 10 });
    expect((await under.store.append(described, 'stream_exists', [event()])).revision).toBe(0n);
    const deleted = await grow(under.store, 2);
    await under.store.deleteStream(deleted, 'any');
    const answer = under.store.append(deleted, 'stream_exists', [event()]);
    expect(await refusal(answer)).toMatchObject({ code: 'STREAM_DELETED' });
  });

  test.each([
    ['the whole batch', 0, 4],
    ['a prefix', 0, 2],
    ['a middle', 1, 2],
    ['a suffix', 2, 2],
  ])('EVENT_STORE 4: %s sent again succeeds and writes nothing', async (_, first, count) => {
    const stream = streamName();
    const batch = events(4);
    await under.store.append(stream, 'no_stream', batch);
    await under.store.append(stream, 3n, [event()]);
    // The data is not compared.
    const again = batch.slice(first, first + count).map(({ id }) => event({ id, data: Buffer.from('{}') }));
    const before = first === 0 ? 'no_stream' : BigInt(first - 1);
    const { revision, position } = await under.store.append(stream, before, again);
    const stored = await under.store.readStream(stream);
    expect(stored).toHaveLength(5);
    expect(revision).toBe(BigInt(first + count - 1));
    expect(position).toEqual(stored[first + count - 1]!.position);
  });

  test('EVENT_STORE 4: old and new ids mixed, or another order, are a conflict', async () => {
    const stream = streamName();
    const [a, b, c] = events(3);
    await under.store.append(stream, 'no_stream', [a!, b!]);
    for (const batch of [
      [a!, b!, c!],
      [a!, c!],
      [b!, a!],
      [c!, b!],
    ]) {
      const answer = under.store.append(stream, 'no_stream', batch);
      expect(await refusal(answer)).toMatchObject({ code: 'WRONG_EXPECTED_REVISION', actual: 1n });
    }
    expect(ids(await under.store.readStream(stream))).toEqual([a!.id, b!.id]);
  });

  test('EVENT_STORE 4: no events at all succeed and write nothing', async () => {
    const missing = streamName();
    await under.store.append(missing, 'no_stream', []);
    await under.store.append(missing, 'any', []);
    expect(await refusal(under.store.readStream(missing))).toEqual({ code: 'STREAM_NOT_FOUND', stream: missing });
    const stream = await grow(under.store, 2);
    await under.store.append(stream, 1n, []);
    expect(await under.store.readStream(stream)).toHaveLength(2);
  });

  test('EVENT_STORE 5: the same id may stand in two streams, and again in its own where the revision is current', async () => {
    const [one, other] = [streamName(), streamName()];
    const same = event();
    await under.store.append(one, 'no_stream', [same]);
    await under.store.append(other, 'no_stream', [same]);
    await under.store.append(one, 0n, [same]);
    expect(ids(await under.store.readStream(one))).toEqual([same.id, same.id]);
    expect(ids(await under.store.readStream(other))).toEqual([same.id]);
  });

  test('EVENT_STORE 6: an event or a batch over 1 MiB is refused and nothing of it is written', async () => {
    const stream = streamName();
    const large = event({ contentType: 'application/octet-stream', data: Buffer.alloc(1024 * 1024 + 1) });
    const half = () => event({ contentType: 'application/octet-stream', data: Buffer.alloc(600 * 1024) });
    for (const batch of [[large], [event(), large], [half(), half()]]) {
      const answer = under.store.append(stream, 'no_stream', batch);
      expect(await refusal(answer)).toMatchObject({ code: 'EVENT_TOO_LARGE', limitBytes: 1024 * 1024 });
    }
    expect(await refusal(under.store.readStream(stream))).toMatchObject({ code: 'STREAM_NOT_FOUND' });
    expect((await under.store.append(stream, 'no_stream', [half()])).revision).toBe(0n);
  });

  test('EVENT_STORE 7: an append that is sent again while the first is under way is written once', async () => {
    const stream = streamName();
    const batch = events(3);
    const answers = await Promise.all([1, 2, 3].map(() => under.store.append(stream, 'no_stream', batch)));
    expect(new Set(answers.map(({ position }) => position.commit)).size).toBe(1);
    expect(ids(await under.store.readStream(stream))).toEqual(ids(batch));
  });

  test('EVENT_STORE 8: of 20 racers with one expectation exactly one wins', async () => {
    const stream = await grow(under.store, 1);
    const racers = await Promise.all(events(20).map((one) => refusal(under.store.append(stream, 0n, [one]))));
    expect(racers.filter((answer) => 'accepted' in answer)).toHaveLength(1);
    expect(racers.filter(({ code }) => code === 'WRONG_EXPECTED_REVISION')).toHaveLength(19);
    expect(await under.store.readStream(stream)).toHaveLength(2);
  });

  test('EVENT_STORE 8: of 100 racers with any all land, once each', async () => {
    const stream = streamName();
    const racers = events(100);
    await Promise.all(racers.map((one) => under.store.append(stream, 'any', [one])));
    const stored = await under.store.readStream(stream);
    expect(revisions(stored)).toEqual(racers.map((_, i) => i));
    expect(new Set(ids(stored))).toEqual(new Set(ids(racers)));
  });

  test('EVENT_STORE 8: a conflict beside other appends leaves them alone', async () => {
    const streams = Array.from({ length: 10 }, () => streamName());
    const answers = await Promise.all(
      streams.flatMap((stream) => [
        refusal(under.store.append(stream, 'no_stream', [event()])),
        refusal(under.store.append(stream, 3n, [event()])),
      ]),
    );
    expect(answers.filter((answer) => 'accepted' in answer)).toHaveLength(10);
    for (const stream of streams) expect(await under.store.readStream(stream)).toHaveLength(1);
  });

  test('EVENT_STORE 9: what was acknowledged is there after a restart, and positions go on rising', async () => {
    const stream = streamName();
    const before = await under.store.append(stream, 'no_stream', events(3));
    const stored = await under.store.readStream(stream);
    await under.reopen();
    expect(await under.store.readStream(stream)).toEqual(stored);
    const after = await under.store.append(stream, 2n, [event()]);
    expect(after.revision).toBe(3n);
    expect(comparePositions(after.position, before.position)).toBe(1);
    expect((await under.store.append(stream, 'no_stream', [stored[0]!])).revision).toBe(0n);
  });

  test('EVENT_STORE 10: metadata that JSON cannot carry are refused, and nothing is written', async () => {
    const stream = streamName();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const custom of [{ big: 1n }, circle])
      expect(await refusal(under.store.setStreamMetadata(stream, { custom }))).toEqual({ code: 'INVALID_ARGUMENT' });
    expect((await under.store.getStreamMetadata(stream)).revision).toBeUndefined();
  });
}
