import { expect, test } from '@jest/globals';
import { comparePositions } from '#kernel';
import type { ReadStreamOptions } from '../port.js';
import { event, events, grow, ids, refusal, revisions, streamName, type StoreUnderTest } from './samples.js';

/** EVENT_STORE.md 11–14. */
export function readContract(under: StoreUnderTest): void {
  test.each<[string, ReadStreamOptions, number[]]>([
    ['everything by default', {}, [0, 1, 2, 3]],
    ['forwards from a revision, inclusive', { from: 2n }, [2, 3]],
    ['forwards past the end, nothing', { from: 9n }, []],
    ['backwards from the end', { direction: 'backwards' }, [3, 2, 1, 0]],
    ['backwards from a revision, inclusive', { direction: 'backwards', from: 2n }, [2, 1, 0]],
    ['backwards from past the end, clamped', { direction: 'backwards', from: 99n }, [3, 2, 1, 0]],
    ['backwards from the start, the first', { direction: 'backwards', from: 'start' }, [0]],
    ['no more than maxCount forwards', { maxCount: 2 }, [0, 1]],
    ['no more than maxCount backwards', { direction: 'backwards', maxCount: 2 }, [3, 2]],
  ])('EVENT_STORE 11: a read shows %s', async (_, options, shown) => {
    const stream = await grow(under.store, 4);
    expect(revisions(await under.store.readStream(stream, options))).toEqual(shown);
  });

  test('EVENT_STORE 12: a missing stream is not found', async () => {
    const stream = streamName();
    for (const options of [{}, { direction: 'backwards' as const }])
      expect(await refusal(under.store.readStream(stream, options))).toEqual({ code: 'STREAM_NOT_FOUND', stream });
  });

  test('EVENT_STORE 12: a negative revision, and forwards from the end, are invalid arguments', async () => {
    const stream = await grow(under.store, 1);
    for (const options of [{ from: -5n }, { from: -1n, direction: 'backwards' as const }, { from: 'end' as const }])
      expect(await refusal(under.store.readStream(stream, options))).toEqual({ code: 'INVALID_ARGUMENT' });
    expect(await refusal(under.store.readAll({ from: 'end' }))).toEqual({ code: 'INVALID_ARGUMENT' });
  });

  test('EVENT_STORE 12: all, forwards from a position, is inclusive', async () => {
    const stream = streamName();
    const { position } = await under.store.append(stream, 'no_stream', [event()]);
    await under.store.append(stream, 0n, events(2));
    expect(revisions(await under.store.readAll({ from: position, maxCount: 3 }))).toEqual([0, 1, 2]);
  });

  test('EVENT_STORE 12: all, backwards from a position, is exclusive', async () => {
    const stream = streamName();
    await under.store.append(stream, 'no_stream', events(2));
    const { position } = await under.store.append(stream, 1n, [event()]);
    const options = { from: position, direction: 'backwards' as const, maxCount: 2 };
    expect(revisions(await under.store.readAll(options))).toEqual([1, 0]);
  });

  test('EVENT_STORE 12: all, backwards from the end, begins with the last event, which is the head', async () => {
    const last = event();
    const { position } = await under.store.append(streamName(), 'no_stream', [last]);
    const [shown] = await under.store.readAll({ direction: 'backwards', maxCount: 1 });
    expect(shown).toMatchObject({ id: last.id, position });
    expect(await under.store.head()).toEqual(position);
  });

  test('EVENT_STORE 17: the last event that is delivered is the last one that is no system event', async () => {
    const stream = streamName();
    const { position } = await under.store.append(stream, 'no_stream', [event()]);
    expect(await under.store.lastDelivered()).toEqual(position);
    for (const maxCount of [9, 8]) await under.store.setStreamMetadata(stream, { maxCount });
    expect(await under.store.head()).not.toEqual(position);
    expect(await under.store.lastDelivered()).toEqual(position);
    const later = await under.store.append(streamName(), 'no_stream', [event()]);
    expect(await under.store.lastDelivered()).toEqual(later.position);
  });

  test('EVENT_STORE 13: an event comes back whole', async () => {
    const stream = streamName();
    const [one, two] = events(2);
    const { position } = await under.store.append(stream, 'no_stream', [one!, two!]);
    const [first, second] = await under.store.readStream(stream);
    expect(plain(first!)).toEqual({ ...plain(one!), stream, revision: 0n });
    expect(first!.createdMs).toBeGreaterThan(0);
    expect(second).toMatchObject({ id: two!.id, stream, revision: 1n, position });
  });

  test('EVENT_STORE 13: positions rise over all streams', async () => {
    const streams = [streamName(), streamName()];
    const positions = [];
    for (let i = 0; i < 6; i++) positions.push((await under.store.append(streams[i % 2]!, 'any', events(2))).position);
    expect([...positions].sort(comparePositions)).toEqual(positions);
    const all = await under.store.readAll({ from: positions[0]! });
    const ours = all.filter(({ stream }) => streams.includes(stream));
    expect([...ours].sort((a, b) => comparePositions(a.position, b.position))).toEqual(ours);
    expect(new Set(all.map(({ position }) => position.commit)).size).toBe(all.length);
  });

  test.each([['U+0018 \u0018'], ['U+0118 Ę'], ['emoji 😀👩‍👩‍👧'], ['中文投诉'], ['é/%#?'], ['U+0000 \u0000 inside']])(
    'EVENT_STORE 14: %j survives in stream, type, data and metadata',
    async (text) => {
      const stream = streamName(text);
      const bytes = Buffer.from(JSON.stringify({ [text]: text }));
      await under.store.append(stream, 'no_stream', [event({ type: text, data: bytes, metadata: bytes })]);
      const [stored] = await under.store.readStream(stream);
      expect(stored).toMatchObject({ stream, type: text });
      expect(Buffer.from(stored!.data).equals(bytes)).toBe(true);
      expect(Buffer.from(stored!.metadata).equals(bytes)).toBe(true);
      const [last] = await under.store.readAll({ direction: 'backwards', maxCount: 1 });
      expect(last).toEqual(stored);
    },
  );

  test('EVENT_STORE 14: binary payloads survive byte for byte, empty ones too', async () => {
    const stream = streamName();
    const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const binary = { contentType: 'application/octet-stream' as const };
    const sent = [
      event({ ...binary, data: every, metadata: Buffer.from([0, 255, 10, 128]) }),
      event({ ...binary, data: Buffer.alloc(0), metadata: every }),
      event({ ...binary, data: every, metadata: Buffer.alloc(0) }),
      event({ ...binary, data: new Uint8Array(every.buffer, every.byteOffset + 7, 5), metadata: Buffer.alloc(0) }),
    ];
    await under.store.append(stream, 'no_stream', sent);
    expect((await under.store.readStream(stream)).map(plain)).toEqual(
      sent.map((one, i) => ({ ...plain(one), stream, revision: BigInt(i) })),
    );
    expect(ids(await under.store.readStream(stream))).toEqual(ids(sent));
  });
}

/** With bytes as numbers, and without what the store adds by itself. */
function plain(from: object): Record<string, unknown> {
  const { data, metadata, createdMs: _created, position: _position, ...rest } = from as Record<string, unknown>;
  return { ...rest, data: [...(data as Uint8Array)], metadata: [...(metadata as Uint8Array)] };
}
