import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DELETED_REVISION } from '../stream-metadata.js';
import type { Filter } from '../port.js';
import {
  event,
  events,
  eventsOf,
  grow,
  history,
  ids,
  isEvent,
  pullUntil,
  refusal,
  revisions,
  streamName,
  type StoreUnderTest,
} from './samples.js';

/** EVENT_STORE.md 16–19. */
export function subscribeContract(under: StoreUnderTest): void {
  const onConfirmed = (work: () => Promise<unknown>) => async (message: { kind: string }) => {
    if (message.kind === 'confirmed') await work();
  };
  const onCaughtUp = (work: () => Promise<unknown>) => async (message: { kind: string }) => {
    if (message.kind === 'caughtUp') await work();
  };

  test('EVENT_STORE 16: a stream from its start, from after a revision, from its end', async () => {
    const stream = await grow(under.store, 4);
    expect(revisions(await history(under.store.subscribeToStream(stream)))).toEqual([0, 1, 2, 3]);
    expect(revisions(await history(under.store.subscribeToStream(stream, { after: 1n })))).toEqual([2, 3]);
    const next = event();
    const messages = await pullUntil(
      under.store.subscribeToStream(stream, { after: 'end' }),
      isEvent(next.id),
      onConfirmed(() => under.store.append(stream, 3n, [next])),
    );
    expect(revisions(eventsOf(messages))).toEqual([4]);
  });

  test('EVENT_STORE 16: all from after a position, from its end', async () => {
    const stream = streamName();
    const filter = { streamPrefixes: [stream] };
    const { position } = await under.store.append(stream, 'no_stream', [event()]);
    await under.store.append(stream, 0n, events(2));
    expect(revisions(await history(under.store.subscribeToAll({ after: position, filter })))).toEqual([1, 2]);
    const next = event();
    const messages = await pullUntil(
      under.store.subscribeToAll({ after: 'end', filter }),
      isEvent(next.id),
      onConfirmed(() => under.store.append(stream, 2n, [next])),
    );
    expect(ids(eventsOf(messages))).toEqual([next.id]);
  });

  test('EVENT_STORE 16: a missing stream can be subscribed to', async () => {
    const stream = streamName();
    const first = event();
    const messages = await pullUntil(
      under.store.subscribeToStream(stream),
      isEvent(first.id),
      onConfirmed(() => under.store.append(stream, 'no_stream', [first])),
    );
    // EventStoreDB has nothing to have caught up with before there is a stream.
    expect(messages.map(({ kind }) => kind).filter((kind) => kind !== 'caughtUp')).toEqual(['confirmed', 'event']);
  });

  test('EVENT_STORE 16: a tombstone is the last event of a subscription, and then the stream is deleted', async () => {
    const stream = await grow(under.store, 1);
    const seen: unknown[] = [];
    const subscription = under.store.subscribeToStream(stream);
    const ending = pullUntil(
      subscription,
      () => false,
      async (message) => {
        seen.push(message.kind === 'event' ? [message.event.type, message.event.revision] : message.kind);
        if (message.kind === 'caughtUp') await under.store.tombstoneStream(stream, 'any');
      },
    );
    expect(await refusal(ending)).toEqual({ code: 'STREAM_DELETED', stream });
    expect(seen).toEqual(['confirmed', ['SampleHappened', 0n], 'caughtUp', ['$streamDeleted', DELETED_REVISION]]);
  });

  test('EVENT_STORE 16: a soft-deleted stream shows a subscriber only what is written afterwards', async () => {
    const stream = await grow(under.store, 2);
    await under.store.deleteStream(stream, 'any');
    const next = event();
    const messages = await pullUntil(
      under.store.subscribeToStream(stream),
      isEvent(next.id),
      onConfirmed(() => under.store.append(stream, 'any', [next])),
    );
    expect(revisions(eventsOf(messages))).toEqual([2]);
  });

  test('EVENT_STORE 17: confirmation, history, caught up, live, in this order', async () => {
    const stream = await grow(under.store, 3);
    const live = event();
    const append = onCaughtUp(() => under.store.append(stream, 2n, [live]));
    const order = ['confirmed', 'event', 'event', 'event', 'caughtUp', 'event'];
    const ofStream = await pullUntil(under.store.subscribeToStream(stream), isEvent(live.id), append);
    expect(ofStream.map(({ kind }) => kind)).toEqual(order);
    const other = await grow(under.store, 3);
    const next = event();
    const ofAll = await pullUntil(
      under.store.subscribeToAll({ filter: { streamPrefixes: [other] } }),
      isEvent(next.id),
      onCaughtUp(() => under.store.append(other, 2n, [next])),
    );
    expect(ofAll.map(({ kind }) => kind).filter((kind) => kind !== 'checkpoint')).toEqual(order);
  });

  test('EVENT_STORE 17: filtered by stream prefix, type prefix and regular expression', async () => {
    const run = streamName('filtered');
    const [a, b] = [`${run}-a`, `${run}-b`];
    await under.store.append(a, 'no_stream', [event({ type: 'CaseReceived' }), event({ type: 'ReplyGiven' })]);
    await under.store.append(b, 'no_stream', [event({ type: '投诉已受理' }), event({ type: 'CaseClosed' })]);
    await under.store.setStreamMetadata(a, { maxCount: 100 });
    const types = async (filter: Filter) =>
      (await history(under.store.subscribeToAll({ filter: { streamPrefixes: [run], ...filter } }))).map(
        ({ type }) => type,
      );
    expect(await types({})).toEqual(['CaseReceived', 'ReplyGiven', '投诉已受理', 'CaseClosed']);
    expect(await types({ streamPrefixes: [b, 'nothing-'] })).toEqual(['投诉已受理', 'CaseClosed']);
    expect(await types({ typePrefixes: ['Case'] })).toEqual(['CaseReceived', 'CaseClosed']);
    expect(await types({ typePrefixes: ['Reply', '投诉'] })).toEqual(['ReplyGiven', '投诉已受理']);
    expect(await types({ typeExpression: /^(CaseR|投)/g })).toEqual(['CaseReceived', '投诉已受理']);
    expect(await types({ typePrefixes: ['Reply'], typeExpression: /Closed$/ })).toEqual(['ReplyGiven', 'CaseClosed']);
  });

  test('EVENT_STORE 17: system events are left out', async () => {
    const stream = await grow(under.store, 1);
    const { position } = (await under.store.readStream(stream))[0]!;
    await under.store.setStreamMetadata(stream, { maxCount: 3 });
    await under.store.tombstoneStream(streamName(), 'any');
    const last = event();
    await under.store.append(stream, 0n, [last]);
    const messages = await pullUntil(under.store.subscribeToAll({ after: position }), isEvent(last.id));
    expect(eventsOf(messages).filter(({ type }) => type.startsWith('$'))).toEqual([]);
  });

  test('EVENT_STORE 17: a filter says how far it has looked in vain, never beyond what it delivered', async () => {
    const stream = streamName();
    const last = event();
    await under.store.append(stream, 'no_stream', [event()]);
    const { position } = await under.store.append(streamName(), 'no_stream', events(50));
    const messages = await pullUntil(
      under.store.subscribeToAll({ filter: { streamPrefixes: [stream] } }),
      isEvent(last.id),
      onCaughtUp(() => under.store.append(stream, 0n, [last])),
    );
    const places = messages.flatMap((message) => {
      if (message.kind === 'event') return [message.event.position.commit];
      return message.kind === 'checkpoint' ? [message.position.commit] : [];
    });
    expect(places).toContain(position.commit);
    expect([...places].sort((x, y) => Number(x - y))).toEqual(places);
  });

  test('EVENT_STORE 18: resumed after any event there is no gap and nothing twice, a restart included', async () => {
    const run = streamName('resumed');
    const streams = [`${run}-a`, `${run}-b`];
    for (let i = 0; i < 20; i++) await under.store.append(streams[i % 2]!, 'any', events(1 + (i % 3)));
    const filter = { streamPrefixes: [run] };
    const whole = await history(under.store.subscribeToAll({ filter }));
    await under.reopen();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (place) => {
        const rest = await history(under.store.subscribeToAll({ after: whole[place]!.position, filter }));
        expect(ids(rest)).toEqual(ids(whole.slice(place + 1)));
      }),
      { numRuns: 20 },
    );
  });

  test('EVENT_STORE 18: events that come while history is read are delivered once, in order', async () => {
    const run = streamName('racing');
    await under.store.append(run, 'no_stream', events(50));
    const last = event();
    const writing = (async () => {
      for (let i = 0; i < 60; i++) await under.store.append(run, 'any', events(5));
      await under.store.append(run, 'any', [last]);
    })();
    const ofStream = pullUntil(under.store.subscribeToStream(run), isEvent(last.id));
    const ofAll = pullUntil(under.store.subscribeToAll({ filter: { streamPrefixes: [run] } }), isEvent(last.id));
    await writing;
    const all = Array.from({ length: 351 }, (_, i) => i);
    expect(revisions(eventsOf(await ofStream))).toEqual(all);
    expect(revisions(eventsOf(await ofAll))).toEqual(all);
  });

  test('EVENT_STORE 18: a closed subscription ends its loop, also while it waits', async () => {
    const stream = await grow(under.store, 2);
    const subscription = under.store.subscribeToStream(stream);
    const messages = await pullUntil(
      subscription,
      () => false,
      ({ kind }) => {
        if (kind === 'caughtUp') setImmediate(() => subscription.close());
      },
    );
    expect(messages.map(({ kind }) => kind)).toEqual(['confirmed', 'event', 'event', 'caughtUp']);
  });
}
