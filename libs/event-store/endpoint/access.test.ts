import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  EventStoreDBClient,
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults as toStream,
} from '@eventstore/db-client';
import { event, refusal } from '../contract/samples.js';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '../embedded/index.js';
import { openEventStoreDb } from '../eventstoredb/index.js';
import { startEndpoint, type Endpoint, type EndpointAccess } from './index.js';

const pem = (name: string): string => fileURLToPath(new URL(`./testing/test-only-${name}.pem`, import.meta.url));
const tls = { cert: readFileSync(pem('cert')), key: readFileSync(pem('key')) };

const KEYS = new Map([
  ['admin', { key: 'the key of an administrator: with a colon', administrator: true }],
  ['desk', { key: 'the key of a desk', administrator: false }],
]);
const access = (foreignWrites: boolean): EndpointAccess => ({
  authenticate: (name, key) => {
    const found = KEYS.get(name);
    return found?.key === key ? { name, administrator: found.administrator } : undefined;
  },
  isOwn: (stream) => stream.startsWith('case-'),
  foreignWrites,
  insecure: false,
});

const folder = mkdtempSync(join(tmpdir(), 'redress-access-'));
let store: EmbeddedEventStore;
let closed: Endpoint;
let open: Endpoint;
const clients: EventStoreDBClient[] = [];
beforeAll(async () => {
  store = await openEmbeddedEventStore({ folder });
  await store.append('case-1', 'no_stream', [event()]);
  closed = await startEndpoint({ store, access: access(false), host: '127.0.0.1', port: 0, tls });
  open = await startEndpoint({ store, access: access(true), host: '127.0.0.1', port: 0, tls });
});
afterAll(async () => {
  for (const client of clients) await client.dispose();
  await closed.close();
  await open.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

function url(endpoint: Endpoint, name?: string, key = KEYS.get(name ?? '')?.key): string {
  const user = name === undefined ? '' : `${name}:${encodeURIComponent(key!)}@`;
  return `esdb://${user}127.0.0.1:${endpoint.port}?tls=true&tlsCAFile=${encodeURIComponent(pem('cert'))}`;
}

function connect(endpoint: Endpoint, name?: string, key?: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(url(endpoint, name, key));
  clients.push(client);
  return client;
}

const sample = () => jsonEvent({ type: 'SampleHappened', data: {} });
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return (error as { type?: string }).type ?? (error as Error).message;
  }
}
async function read(client: EventStoreDBClient): Promise<number> {
  let count = 0;
  for await (const _ of client.readStream('case-1')) count++;
  return count;
}

describe('EVENT_STORE "The endpoint’s manners"', () => {
  test.each(['admin', 'desk'])('the key %s reads over TLS under its name', async (name) => {
    expect(await read(connect(closed, name))).toBe(1);
  });

  test('no credentials, a wrong key and a key under another name are denied', async () => {
    const desk = KEYS.get('desk')!.key;
    for (const client of [connect(closed), connect(closed, 'admin', 'wrong'), connect(closed, 'admin', desk)]) {
      expect(await outcome(read(client))).toBe('access-denied');
      expect(await outcome(client.appendToStream('foreign-1', sample()))).toBe('access-denied');
      expect(await outcome(client.getPersistentSubscriptionToStreamInfo('case-1', 'g'))).toBe('access-denied');
    }
  });

  test('nobody writes, deletes or describes the engine’s own streams, whatever the settings', async () => {
    for (const endpoint of [closed, open]) {
      const admin = connect(endpoint, 'admin');
      expect(await outcome(admin.appendToStream('case-1', sample()))).toBe('access-denied');
      expect(await outcome(admin.appendToStream('$$case-1', sample()))).toBe('access-denied');
      expect(await outcome(admin.setStreamMetadata('case-1', { maxCount: 1 }))).toBe('access-denied');
      expect(await outcome(admin.deleteStream('case-1'))).toBe('access-denied');
      expect(await outcome(admin.tombstoneStream('case-2'))).toBe('access-denied');
      expect(await outcome(admin.appendToStream('$all', sample()))).toBe('access-denied');
      expect(await outcome(admin.appendToStream('$persistentSubscriptionConfig', sample()))).toBe('access-denied');
    }
    expect(await store.readStream('case-1')).toHaveLength(1);
  });

  test('other streams are written by administrators, and only where it is allowed', async () => {
    expect(await outcome(connect(closed, 'admin').appendToStream('foreign-1', sample()))).toBe('access-denied');
    expect(await outcome(connect(open, 'desk').appendToStream('foreign-1', sample()))).toBe('access-denied');
    const admin = connect(open, 'admin');
    expect(await outcome(admin.appendToStream('foreign-1', sample()))).toBe('done');
    expect(await outcome(admin.setStreamMetadata('foreign-1', { maxCount: 5 }))).toBe('done');
    expect(await outcome(admin.deleteStream('foreign-1'))).toBe('done');
  });

  test('groups are managed by administrators and read by every key', async () => {
    const [admin, desk] = [connect(closed, 'admin'), connect(closed, 'desk')];
    const settings = toStream({ startFrom: 'start' });
    expect(await outcome(desk.createPersistentSubscriptionToStream('case-1', 'g', settings))).toBe('access-denied');
    expect(await outcome(admin.createPersistentSubscriptionToStream('case-1', 'g', settings))).toBe('done');
    const consumer = desk.subscribeToPersistentSubscriptionToStream('case-1', 'g');
    const [taken] = await new Promise<unknown[]>((resolve) => consumer.once('data', (...args) => resolve(args)));
    expect(taken).toMatchObject({ event: { streamId: 'case-1' } });
    await consumer.unsubscribe();
    expect(await outcome(desk.deletePersistentSubscriptionToStream('case-1', 'g'))).toBe('access-denied');
    expect(await outcome(admin.deletePersistentSubscriptionToStream('case-1', 'g'))).toBe('done');
  });

  test('the adapter says that credentials are wrong, at once and without them', async () => {
    const opening = openEventStoreDb(url(closed, 'admin', 'a wrong secret'));
    expect(await refusal(opening)).toEqual({ code: 'ACCESS_DENIED' });
    await expect(opening).rejects.not.toThrow('secret');
    const other = openEventStoreDb(url(open, 'desk'));
    expect(await refusal(other)).toEqual({ code: 'ACCESS_DENIED' });
  });

  test('the adapter writes over TLS with credentials', async () => {
    const adapter = await openEventStoreDb(url(open, 'admin'));
    expect((await adapter.append('foreign-2', 'no_stream', [event()])).revision).toBe(0n);
    expect(await refusal(adapter.append('case-1', 0n, [event()]))).toEqual({ code: 'ACCESS_DENIED' });
    await adapter.close();
  });
});

test('a port that is taken is said with the code that the operating system has for it', async () => {
  const again = startEndpoint({ store, access: access(false), host: '127.0.0.1', port: open.port });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
