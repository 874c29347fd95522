import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  event,
  events,
  eventsOf,
  ids,
  isEvent,
  pullUntil,
  refusal,
  revisions,
  streamName,
} from '../contract/samples.js';
import { EndpointProcess } from '../endpoint/testing/endpoint-process.js';
import { openEventStoreDb, type EventStoreDb } from './index.js';
import { Wire } from './testing/wire.js';

let endpoint: EndpointProcess;
let store: EventStoreDb;
beforeAll(async () => {
  endpoint = await EndpointProcess.start();
});
afterAll(() => endpoint.end());

describe('EVENT_STORE 7: an append whose answer was lost is written exactly once', () => {
  afterEach(() => store.close());

  test('the endpoint is killed under load and comes back: nothing acknowledged is lost, nothing is there twice', async () => {
    store = await openEventStoreDb(endpoint.url);
    const streams = Array.from({ length: 8 }, () => streamName('killed'));
    const written = streams.map(async (stream) => {
      const sent: string[] = [];
      for (let revision = -1n; revision < 199n; revision++) {
        const one = event();
        const result = await store.append(stream, revision < 0n ? 'no_stream' : revision, [one]);
        expect(result.revision).toBe(revision + 1n);
        sent.push(one.id);
      }
      return sent;
    });
    const all = Promise.all(written);
    for (let kills = 0; kills < 3; kills++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await endpoint.stop('SIGKILL');
      await endpoint.run();
    }
    const sent = await all;
    for (const [index, stream] of streams.entries()) expect(ids(await store.readStream(stream))).toEqual(sent[index]);
  });

  test('a tombstone whose answer was lost is no error when it is tried again', async () => {
    store = await openEventStoreDb(endpoint.url);
    const stream = streamName('tombstoned');
    await store.append(stream, 'no_stream', [event()]);
    const deleting = store.tombstoneStream(stream, 0n);
    await endpoint.stop('SIGKILL');
    await endpoint.run();
    await deleting;
    expect(await refusal(store.readStream(stream))).toMatchObject({ code: 'STREAM_DELETED' });
  });
});

describe('EVENT_STORE 18: a subscription goes on where it was', () => {
  afterEach(() => store.close());

  test('the endpoint is killed again and again: every event comes once, in order', async () => {
    store = await openEventStoreDb(endpoint.url);
    const run = streamName('followed');
    const last = event();
    const writing = (async () => {
      for (let i = 0; i < 120; i++) await store.append(run, 'any', events(3));
      await store.append(run, 'any', [last]);
    })();
    const ofAll = pullUntil(store.subscribeToAll({ filter: { streamPrefixes: [run] } }), isEvent(last.id));
    const ofStream = pullUntil(store.subscribeToStream(run), isEvent(last.id));
    for (let kills = 0; kills < 3; kills++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await endpoint.stop('SIGKILL');
      await endpoint.run();
    }
    await writing;
    const expected = ids(await store.readStream(run));
    for (const messages of [await ofAll, await ofStream]) {
      expect(ids(eventsOf(messages))).toEqual(expected);
      const kinds = messages.map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'confirmed')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'caughtUp')).toHaveLength(1);
    }
  });

  test('from the end means the end at first: what is written while the connection is away comes', async () => {
    store = await openEventStoreDb(endpoint.url);
    const stream = streamName('end');
    await store.append(stream, 'no_stream', events(2));
    const next = event();
    const subscription = store.subscribeToStream(stream, { after: 'end' });
    const messages = await pullUntil(subscription, isEvent(next.id), async ({ kind }) => {
      if (kind !== 'caughtUp') return;
      await endpoint.stop();
      await endpoint.run();
      await store.append(stream, 1n, [next]);
    });
    expect(revisions(eventsOf(messages))).toEqual([2]);
  });
});

describe('EVENT_STORE "Traps": a subscription that ends without a word', () => {
  test('a connection that carries nothing any more is noticed and left: nothing is missing', async () => {
    const wire = await Wire.to(endpoint.port);
    store = await openEventStoreDb(wire.url, { quietMs: 100 });
    const other = await openEventStoreDb(endpoint.url);
    const run = streamName('silent');
    await other.append(run, 'no_stream', events(2));
    const last = event();
    const cut = async ({ kind }: { kind: string }) => {
      if (kind !== 'caughtUp') return;
      wire.cut();
      await other.append(run, 1n, [event(), last]);
    };
    const messages = await pullUntil(store.subscribeToStream(run), isEvent(last.id), cut);
    expect(revisions(eventsOf(messages))).toEqual([0, 1, 2, 3]);
    await store.close();
    await other.close();
    wire.close();
  });
});

describe('EVENT_STORE "Traps": one client does not disturb another', () => {
  test('a store that closes with appends under way leaves those of another store in the process alone', async () => {
    const [one, other] = [await openEventStoreDb(endpoint.url), await openEventStoreDb(endpoint.url)];
    const stream = streamName('other');
    const appends = Array.from({ length: 200 }, () => other.append(stream, 'any', [event()]));
    const own = Array.from({ length: 200 }, () => one.append(streamName(), 'no_stream', [event()]));
    await one.close();
    expect((await Promise.all(appends)).length).toBe(200);
    // What was accepted was written before it closed.
    expect((await Promise.all(own)).every(({ revision }) => revision === 0n)).toBe(true);
    expect(await other.readStream(stream)).toHaveLength(200);
    expect(await refusal(one.append(stream, 'any', [event()]))).toEqual({ code: 'STORE_UNAVAILABLE' });
    await other.close();
  });

  test('a store whose endpoint dies fails alone', async () => {
    const dying = await EndpointProcess.start();
    const [one, other] = [await openEventStoreDb(dying.url, { retryForMs: 300 }), await openEventStoreDb(endpoint.url)];
    const stream = streamName('other');
    const lost = Array.from({ length: 50 }, () => refusal(one.append(streamName(), 'no_stream', [event()])));
    const appends = Array.from({ length: 200 }, () => other.append(stream, 'any', [event()]));
    await dying.stop('SIGKILL');
    expect(await Promise.all(appends)).toHaveLength(200);
    for (const answer of await Promise.all(lost)) expect(['STORE_UNAVAILABLE', undefined]).toContain(answer['code']);
    expect(await refusal(one.append(stream, 'any', [event()]))).toEqual({ code: 'STORE_UNAVAILABLE' });
    await one.close();
    await other.close();
    await dying.end();
  });
});

describe('connection strings', () => {
  test('a cluster is found by gossip, though a seed is dead', async () => {
    const cluster = await openEventStoreDb(`esdb://127.0.0.1:1,127.0.0.1:${endpoint.port}?tls=false`);
    const discovered = await openEventStoreDb(`esdb+discover://127.0.0.1:${endpoint.port}?tls=false`);
    expect(discovered.epoch).toBe(cluster.epoch);
    const stream = streamName('cluster');
    await cluster.append(stream, 'no_stream', [event()]);
    expect(await discovered.readStream(stream)).toHaveLength(1);
    await cluster.close();
    await discovered.close();
  });

  test('nobody there is said with the address and without the password', async () => {
    const opening = openEventStoreDb('esdb://admin:secret@127.0.0.1:1?tls=false', { openForMs: 200 });
    expect(await refusal(opening)).toEqual({ code: 'STORE_UNAVAILABLE' });
    await expect(opening).rejects.toThrow('127.0.0.1:1');
    await expect(opening).rejects.not.toThrow('secret');
  });

  test.each(['http://127.0.0.1:2113', 'esdb://', 'esdb://a:secret@:x'])('%s is no connection string', async (text) => {
    const opening = openEventStoreDb(text);
    expect(await refusal(opening)).toEqual({ code: 'INVALID_ARGUMENT' });
    await expect(opening).rejects.not.toThrow('secret');
  });

  test('EVENTS 4: the log has one name, whoever opens it', async () => {
    const fresh = await EndpointProcess.start();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openEventStoreDb(fresh.url)));
    expect(new Set(stores.map(({ epoch }) => epoch)).size).toBe(1);
    expect(stores[0]!.epoch).toMatch(/^[0-9a-z]{8}$/);
    for (const each of stores) await each.close();
    await fresh.end();
  });
});
