import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  persistentSubscriptionToAllSettingsFromDefaults as toAll,
  persistentSubscriptionToStreamSettingsFromDefaults as toStream,
  START,
  streamNameFilter,
  type PersistentSubscriptionToAll,
  type PersistentSubscriptionToStream,
} from '@eventstore/db-client';
import { streamName } from '../../contract/samples.js';
import { EndpointProcess } from '../testing/endpoint-process.js';

const endpoint = await EndpointProcess.start();
let client: EventStoreDBClient;
beforeEach(() => {
  client = EventStoreDBClient.connectionString(endpoint.url);
});
afterEach(() => client.dispose());
afterAll(async () => {
  await endpoint.end();
  expect(endpoint.faults).toBe('');
});

const samples = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => jsonEvent({ type: 'SampleHappened', data: { key: from + i } }));

async function grow(count: number, stream = streamName('p')): Promise<string> {
  await client.appendToStream(stream, samples(count), { expectedRevision: NO_STREAM });
  return stream;
}

type Consumer = PersistentSubscriptionToStream | PersistentSubscriptionToAll;
type Taken = Parameters<PersistentSubscriptionToStream['ack']>[0];
const key = ({ event }: Taken): number => (event!.data as { key: number }).key;
const consume = (stream: string, bufferSize = 10): PersistentSubscriptionToStream =>
  client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize });

/** What a consumer gets until it has so much; `each` answers. What comes then stays unanswered. */
function taken(
  consumer: Consumer,
  count: number,
  each: (event: Taken) => Promise<void> = (event) => consumer.ack(event),
) {
  const events: Taken[] = [];
  return new Promise<Taken[]>((resolve, reject) => {
    consumer.on('error', reject);
    consumer.on('data', (event: Taken) => {
      if (events.length === count) return;
      events.push(event);
      void each(event).then(() => events.length === count && resolve(events));
    });
  });
}

const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: { type?: string }) => error.type,
  );

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
const parked = async (stream: string): Promise<number> =>
  Number((await client.getPersistentSubscriptionToStreamInfo(stream, 'g')).stats.parkedMessageCount);

test('EVENT_STORE 20: a group, how far it came and what it parked survive a restart', async () => {
  const stream = await grow(6);
  const settings = toStream({ startFrom: 1n, checkPointAfter: 1, checkPointLowerBound: 1, maxRetryCount: 7 });
  await client.createPersistentSubscriptionToStream(stream, 'g', settings);
  let consumer = consume(stream, 1);
  const first = await taken(consumer, 3, (event) =>
    key(event) === 2 ? consumer.nack('park', 'later', event) : consumer.ack(event),
  );
  expect(first.map(key)).toEqual([1, 2, 3]);
  await until(async () => (await parked(stream)) === 1);
  await consumer.unsubscribe();
  await client.dispose();
  await endpoint.stop();
  await endpoint.run();
  client = EventStoreDBClient.connectionString(endpoint.url);
  const { settings: kept, stats } = await client.getPersistentSubscriptionToStreamInfo(stream, 'g');
  expect(kept).toMatchObject({ startFrom: 1n, maxRetryCount: 7, checkPointLowerBound: 1 });
  expect(stats.parkedMessageCount).toBe(1n);
  consumer = consume(stream);
  expect((await taken(consumer, 2)).map(key)).toEqual([4, 5]);
  const again = taken(consumer, 1);
  await client.replayParkedMessagesToStream(stream, 'g');
  expect((await again).map(key)).toEqual([2]);
  expect(await parked(stream)).toBe(0);
  await consumer.unsubscribe();
});

test('EVENT_STORE 20: killed, it sends again what was not settled and nothing is left out', async () => {
  const stream = await grow(50);
  await client.createPersistentSubscriptionToStream(
    stream,
    'g',
    toStream({ startFrom: START, checkPointAfter: 1, checkPointLowerBound: 1 }),
  );
  const consumer = consume(stream);
  consumer.on('error', () => undefined);
  const before = await taken(consumer, 20);
  await endpoint.stop('SIGKILL');
  await endpoint.run();
  await client.dispose();
  client = EventStoreDBClient.connectionString(endpoint.url);
  const seen = new Set(before.map(key));
  const next = consume(stream);
  await new Promise<void>((resolve) => {
    next.on('data', (event: Taken) => {
      seen.add(key(event));
      void next.ack(event).then(() => seen.size === 50 && resolve());
    });
  });
  expect(seen.size).toBe(50);
  await next.unsubscribe();
});

test('EVENT_STORE 20: what is not acknowledged in time is sent again, then parked', async () => {
  const stream = await grow(1);
  await client.createPersistentSubscriptionToStream(
    stream,
    'g',
    toStream({ startFrom: START, messageTimeout: 50, maxRetryCount: 2 }),
  );
  const consumer = consume(stream);
  const times = await taken(consumer, 3, async () => undefined);
  expect(times.map(key)).toEqual([0, 0, 0]);
  await until(async () => (await parked(stream)) === 1);
  await consumer.unsubscribe();
});

test('EVENT_STORE 20: what was with a consumer that leaves goes to another; a buffer is never overfilled', async () => {
  const stream = await grow(12);
  await client.createPersistentSubscriptionToStream(stream, 'g', toStream({ startFrom: START }));
  const lazy = consume(stream, 4);
  expect((await taken(lazy, 4, async () => undefined)).map(key)).toEqual([0, 1, 2, 3]);
  const { connections, stats } = await client.getPersistentSubscriptionToStreamInfo(stream, 'g');
  expect(connections).toMatchObject([{ inFlightMessages: 4, availableSlots: 0 }]);
  expect(stats.outstandingMessagesCount).toBe(4);
  const busy = consume(stream, 20);
  const all = taken(busy, 12);
  await lazy.unsubscribe();
  expect((await all).map(key).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  await busy.unsubscribe();
});

test('EVENT_STORE 20: skipped is settled; a nack to retry comes back to be counted', async () => {
  const stream = await grow(2);
  await client.createPersistentSubscriptionToStream(stream, 'g', toStream({ startFrom: START, maxRetryCount: 9 }));
  const consumer = consume(stream, 1);
  let retried = 0;
  const seen = await taken(consumer, 4, (event) => {
    if (key(event) === 0 && retried++ < 2) return consumer.nack('retry', 'again', event);
    return key(event) === 0 ? consumer.nack('skip', 'never', event) : consumer.ack(event);
  });
  expect(seen.map(key)).toEqual([0, 0, 0, 1]);
  expect(await parked(stream)).toBe(0);
  await consumer.unsubscribe();
});

test.each([
  [
    'RoundRobin',
    [
      [0, 2, 4],
      [1, 3, 5],
    ],
  ],
  [
    'DispatchToSingle',
    [
      [0, 1, 2, 3],
      [4, 5],
    ],
  ],
] as const)('consumers get events by %s', async (consumerStrategyName, expected) => {
  const stream = await grow(6);
  await client.createPersistentSubscriptionToStream(stream, 'g', toStream({ startFrom: 6n, consumerStrategyName }));
  const consumers = [consume(stream, 4), consume(stream, 4)];
  const got: number[][] = [[], []];
  await Promise.all(consumers.map((each) => new Promise((resolve) => each.once('confirmation', resolve))));
  await new Promise<void>((resolve) => {
    consumers.forEach((each, i) =>
      each.on('data', (event: Taken) => {
        got[i]!.push(key(event));
        if (got.flat().length === 6) resolve();
      }),
    );
    void client.appendToStream(stream, samples(6));
  });
  expect(got).toEqual(expected);
  for (const each of consumers) await each.unsubscribe();
});

test('two events with one id are both delivered, one after the other, and both settled', async () => {
  const stream = streamName('p');
  const same = samples(1)[0]!;
  await client.appendToStream(stream, same, { expectedRevision: NO_STREAM });
  await client.appendToStream(stream, [same, ...samples(1, 7)], { expectedRevision: 0n });
  const settings = toStream({ startFrom: START, checkPointAfter: 1, checkPointLowerBound: 1 });
  await client.createPersistentSubscriptionToStream(stream, 'g', settings);
  const consumer = consume(stream);
  const got = await taken(consumer, 3);
  expect(got.map(({ event }) => Number(event!.revision)).sort()).toEqual([0, 1, 2]);
  await until(async () => {
    const { stats } = await client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    return stats.lastCheckpointedEventRevision === 2n;
  });
  await consumer.unsubscribe();
});

test('pinned: events of one stream go to one consumer', async () => {
  const run = streamName('pin');
  const group = `g-${run}`;
  const filter = streamNameFilter({ prefixes: [run] });
  await client.createPersistentSubscriptionToAll(group, toAll({ startFrom: START, consumerStrategyName: 'Pinned' }), {
    filter,
  });
  const consumers = [1, 2, 3].map(() => client.subscribeToPersistentSubscriptionToAll(group, { bufferSize: 50 }));
  const owners = new Map<string, Set<number>>();
  let count = 0;
  const done = new Promise<void>((resolve) => {
    consumers.forEach((each, i) =>
      each.on('data', (event: Taken) => {
        owners.set(event.event!.streamId, (owners.get(event.event!.streamId) ?? new Set()).add(i));
        void each.ack(event).then(() => ++count === 60 && resolve());
      }),
    );
  });
  await Promise.all(consumers.map((each) => new Promise((resolve) => each.once('confirmation', resolve))));
  for (let i = 0; i < 12; i++) await client.appendToStream(`${run}-${i}`, samples(5));
  await done;
  expect([...owners.values()].every((who) => who.size === 1)).toBe(true);
  expect(new Set([...owners.values()].map((who) => [...who][0])).size).toBeGreaterThan(1);
  for (const each of consumers) await each.unsubscribe();
  await client.deletePersistentSubscriptionToAll(group);
});

test('pinned: a stream that is nobody’s goes to the consumer with the fewest', async () => {
  const run = streamName('fair');
  const group = `g-${run}`;
  const settings = toAll({ startFrom: START, consumerStrategyName: 'Pinned' });
  await client.createPersistentSubscriptionToAll(group, settings, { filter: streamNameFilter({ prefixes: [run] }) });
  const consumers = [1, 2].map(() => client.subscribeToPersistentSubscriptionToAll(group, { bufferSize: 20 }));
  const got = consumers.map((each) => taken(each, 3));
  await Promise.all(consumers.map((each) => new Promise((resolve) => each.once('confirmation', resolve))));
  for (const stream of ['a', 'b']) await client.appendToStream(`${run}-${stream}`, samples(3));
  const streams = (await Promise.all(got)).map((events) => new Set(events.map(({ event }) => event!.streamId)).size);
  expect(streams).toEqual([1, 1]);
  for (const each of consumers) await each.unsubscribe();
  await client.deletePersistentSubscriptionToAll(group);
});

test('what is told of a group: what went by since it was last asked, and how long a consumer takes', async () => {
  const stream = await grow(4);
  const settings = toStream({ startFrom: START, extraStatistics: true, checkPointAfter: 0 });
  await client.createPersistentSubscriptionToStream(stream, 'g', settings);
  const consumer = consume(stream);
  await taken(consumer, 4);
  await until(
    async () => (await client.getPersistentSubscriptionToStreamInfo(stream, 'g')).stats.outstandingMessagesCount === 0,
  );
  const info = await client.getPersistentSubscriptionToStreamInfo(stream, 'g');
  expect(info.settings.checkPointAfter).toBe(-(2 ** 31));
  expect(info.stats).toMatchObject({ totalItems: 4n, countSinceLastMeasurement: 0n, averagePerSecond: 0 });
  const [connection] = info.connections;
  expect(connection).toMatchObject({ from: '', totalItems: 4n, countSinceLastMeasurement: 0n });
  expect([...connection!.extraStatistics!.keys()].slice(0, 4)).toEqual(['mean', 'median', 'fastest', 'quintile 1']);
  expect(connection!.extraStatistics!.size).toBe(14);
  await consumer.unsubscribe();
});

test('EVENT_STORE 20: deleting a group deletes its checkpoint and parked events', async () => {
  const stream = await grow(3);
  const settings = toStream({ startFrom: START, checkPointAfter: 1, checkPointLowerBound: 1 });
  await client.createPersistentSubscriptionToStream(stream, 'g', settings);
  const consumer = consume(stream);
  await taken(consumer, 3, (event) => (key(event) === 1 ? consumer.nack('park', '', event) : consumer.ack(event)));
  await until(async () => (await parked(stream)) === 1);
  await consumer.unsubscribe();
  await client.deletePersistentSubscriptionToStream(stream, 'g');
  expect(await errorOf(client.getPersistentSubscriptionToStreamInfo(stream, 'g'))).toBe(
    'persistent-subscription-does-not-exist',
  );
  await client.createPersistentSubscriptionToStream(stream, 'g', settings);
  expect(await parked(stream)).toBe(0);
  const anew = consume(stream);
  expect((await taken(anew, 3)).map(key)).toEqual([0, 1, 2]);
  await anew.unsubscribe();
});

test('an update lets the consumers go and goes on from the last checkpoint', async () => {
  const stream = await grow(4);
  await client.createPersistentSubscriptionToStream(stream, 'g', toStream({ startFrom: START }));
  const consumer = consume(stream, 1);
  // Too few for a checkpoint: they come again.
  await taken(consumer, 2);
  const dropped = new Promise((resolve) =>
    consumer.on('error', (error: unknown) => resolve((error as { type?: string }).type)),
  );
  await client.updatePersistentSubscriptionToStream(stream, 'g', toStream({ startFrom: START, maxSubscriberCount: 1 }));
  expect(await dropped).toBe('persistent-subscription-dropped');
  const next = consume(stream);
  expect((await taken(next, 4)).map(key)).toEqual([0, 1, 2, 3]);
  const full = new Promise((resolve) =>
    consume(stream).on('error', (error: unknown) => resolve((error as { type?: string }).type)),
  );
  expect(await full).toBe('maximum-subscribers-reached');
  await next.unsubscribe();
});

test('groups are listed by stream and all together; a stream without one has none', async () => {
  const stream = await grow(1);
  await client.createPersistentSubscriptionToStream(stream, 'one', toStream());
  await client.createPersistentSubscriptionToStream(stream, 'two', toStream());
  const ofStream = await client.listPersistentSubscriptionsToStream(stream);
  expect(ofStream.map(({ groupName }) => groupName)).toEqual(['one', 'two']);
  expect((await client.listAllPersistentSubscriptions()).length).toBeGreaterThanOrEqual(2);
  expect(await errorOf(client.listPersistentSubscriptionsToStream(streamName()))).toBe(
    'persistent-subscription-does-not-exist',
  );
  await client.deletePersistentSubscriptionToStream(stream, 'one');
  await client.deletePersistentSubscriptionToStream(stream, 'two');
  expect(await client.listPersistentSubscriptionsToStream(stream)).toEqual([]);
});

test('a group is read ahead, whether or not anybody consumes it', async () => {
  const stats = async (stream: string) => (await client.getPersistentSubscriptionToStreamInfo(stream, 'g')).stats;
  const short = await grow(5);
  await client.createPersistentSubscriptionToStream(short, 'g', toStream({ startFrom: START }));
  await until(async () => (await stats(short)).readBufferCount === 5);
  expect(await stats(short)).toMatchObject({ lastKnownEventRevision: 4n, liveBufferCount: 0n });
  await client.appendToStream(short, samples(2));
  await until(async () => (await stats(short)).readBufferCount === 7);
  expect(await stats(short)).toMatchObject({ lastKnownEventRevision: 6n, liveBufferCount: 2n });
  const long = await grow(600);
  await client.createPersistentSubscriptionToStream(long, 'g', toStream({ startFrom: START }));
  await until(async () => (await stats(long)).readBufferCount === 480);
  expect((await client.getPersistentSubscriptionToStreamInfo(long, 'g')).status).toBe('Behind');
  const consumer = consume(long, 100);
  expect((await taken(consumer, 600)).map(key)).toEqual(Array.from({ length: 600 }, (_, i) => i));
  await until(async () => (await client.getPersistentSubscriptionToStreamInfo(long, 'g')).status === 'Live');
  await consumer.unsubscribe();
});

test('what is written while a group is live comes whatever the metadata hide, a tombstone too', async () => {
  const stream = await grow(3);
  await client.setStreamMetadata(stream, { maxCount: 1 });
  await client.createPersistentSubscriptionToStream(stream, 'g', toStream({ startFrom: START }));
  const consumer = consume(stream);
  const got = taken(consumer, 5);
  await until(async () => {
    const { status, stats } = await client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    return status === 'Live' && stats.totalItems === 1n;
  });
  await client.appendToStream(stream, samples(3, 3));
  await client.tombstoneStream(stream);
  expect((await got).map(({ event }) => [event!.type, event!.revision])).toEqual([
    ['SampleHappened', 2n],
    ['SampleHappened', 3n],
    ['SampleHappened', 4n],
    ['SampleHappened', 5n],
    ['$streamDeleted', 2n ** 63n - 1n],
  ]);
  await consumer.unsubscribe();
});

test('what comes again goes out in the order of the stream', async () => {
  const stream = await grow(4);
  await client.createPersistentSubscriptionToStream(stream, 'g', toStream({ startFrom: START }));
  const first = consume(stream, 4);
  const events = await taken(first, 4, async () => undefined);
  await first.unsubscribe();
  await until(async () => {
    const { stats } = await client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    return stats.retryBufferCount === events.length;
  });
  const next = consume(stream, 1);
  expect((await taken(next, 4)).map(key)).toEqual([0, 1, 2, 3]);
  await next.unsubscribe();
});

test('what EventStoreDB would not make is refused with its reason', async () => {
  const stream = await grow(1);
  const impossible = toStream({ readBatchSize: 500, historyBufferSize: 500 });
  expect(await errorOf(client.createPersistentSubscriptionToStream(stream, 'g', impossible))).toBe(
    'persistent-subscription-failed',
  );
  await client.createPersistentSubscriptionToStream(stream, 'there', toStream());
  expect(await errorOf(client.createPersistentSubscriptionToStream(stream, 'there', impossible))).toBe(
    'persistent-subscription-exists',
  );
  expect(await errorOf(client.createPersistentSubscriptionToStream('$all', 'g', toStream()))).toBe('unknown');
  expect(await errorOf(client.replayParkedMessagesToStream(stream, 'there', { stopAt: -1 }))).toBe(
    'persistent-subscription-failed',
  );
  const future = toAll({ startFrom: { commit: 2n ** 40n, prepare: 2n ** 40n } });
  expect(await errorOf(client.createPersistentSubscriptionToAll('g', future))).toBe('persistent-subscription-failed');
});
