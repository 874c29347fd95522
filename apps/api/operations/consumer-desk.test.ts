import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '#event-store';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { startEndpoint, type Endpoint } from '#event-store/endpoint';
import { openEventStoreDb, type EventStoreDb } from '#event-store/eventstoredb';
import { newId, positionToken, type Position } from '#kernel';
import { ConsumerDesk } from './consumer-desk.js';

const WRITTEN_MS = Date.parse('2026-01-05T01:00:00.000Z');
const WRITTEN = '2026-01-05T01:00:00.000Z';

let folder: string;
let embedded: EmbeddedEventStore;
let endpoint: Endpoint;
let adapter: EventStoreDb;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-consumers-'));
  embedded = await openEmbeddedEventStore({ folder, now: () => WRITTEN_MS });
  const access = { authenticate: () => undefined, isOwn: () => false, foreignWrites: true, insecure: true };
  endpoint = await startEndpoint({ store: embedded, access, host: '127.0.0.1', port: 0 });
  adapter = await openEventStoreDb(`esdb://127.0.0.1:${endpoint.port}?tls=false`);
});
afterAll(async () => {
  await adapter.close();
  await endpoint.close();
  await embedded.close();
  rmSync(folder, { recursive: true, force: true });
});

const event = () => ({
  id: newId(),
  type: 'SampleHappened',
  contentType: 'application/json' as const,
  data: Buffer.from('{}'),
  metadata: Buffer.alloc(0),
});

describe.each([
  ['embedded', () => embedded],
  ['EventStoreDB', () => adapter],
])('issue 11: what operators see of consumer groups, on %s', (_, storeOf: () => EventStore) => {
  const tokenOf = (position: Position): string => positionToken(storeOf().epoch, position);
  const desk = () =>
    new ConsumerDesk(storeOf(), {
      tokenOf,
      positionOf: (token) => Promise.resolve({ commit: BigInt(token), prepare: BigInt(token) }),
    });

  test('a group that nobody consumes is behind by what it has not settled, since when that was written', async () => {
    const stream = `unread-${newId()}`;
    await storeOf().append(stream, 'no_stream', [event(), event(), event()]);
    const whole = await desk().create({ stream, group: 'mirror', startFrom: '1', maxRetryCount: 3 });
    expect(whole).toMatchObject({ consumers: 0, parked: 0, startFrom: 1, inFlight: 0 });
    const name = { stream, group: 'mirror' };
    while ((await desk().show(name)).lag !== 2) await delay(10);
    expect(await desk().show(name)).toMatchObject({ waiting: 2, behindSince: WRITTEN });
    expect(whole).toMatchObject({ settings: { maxRetryCount: 3, messageTimeoutMs: 30_000 }, connections: [] });
    const all = { stream: '$all', group: stream };
    await desk().create({ ...all, streamPrefixes: [stream] });
    while ((await desk().show(all)).lag !== 3) await delay(10);
    expect(await desk().show(all)).toMatchObject({ behindSince: WRITTEN, startFrom: 'start' });
    const listed = (await desk().list()).filter(({ stream: its, group }) => its === stream || group === stream);
    expect(listed.map(({ group }) => group)).toEqual(['mirror', stream]);
  });

  test('what a consumer parked is counted, replayed and gone; deleted, the group is not there any more', async () => {
    const stream = `parked-${newId()}`;
    await storeOf().append(stream, 'no_stream', [event(), event()]);
    const name = { stream, group: 'mirror' };
    await desk().create(name);
    const consumer = storeOf().consumerGroups.consume(name, { name: 'worker 7' });
    const events = consumer[Symbol.asyncIterator]();
    for (let i = 0; i < 2; i++) consumer.nack('park', 'it is broken', (await events.next()).value);
    while ((await desk().show(name)).parked < 2) await delay(10);
    const shown = await desk().show(name);
    expect(shown).toMatchObject({ consumers: 1, lag: 0, behindSince: null, inFlight: 0, delivered: 2, read: 1 });
    expect(shown.connections).toMatchObject([{ connectionName: 'worker 7' }]);
    expect(await desk().replay(name)).toBe(2);
    for (let i = 0; i < 2; i++) consumer.ack((await events.next()).value);
    await consumer.close();
    while ((await desk().show(name)).parked > 0) await delay(10);
    await desk().delete(name);
    await expect(desk().show(name)).rejects.toMatchObject({ code: 'GROUP_NOT_FOUND' });
  });

  test('what does not go together is refused with the field', async () => {
    const wrong = [
      [{ stream: 'some', group: 'g', startFrom: '-1' }, 'startFrom'],
      [{ stream: 'some', group: 'g', typePrefixes: ['Case'] }, 'typePrefixes'],
      [{ stream: '$all', group: 'g', typePrefixes: ['Case'], streamPrefixes: ['case-'] }, 'streamPrefixes'],
    ] as const;
    for (const [order, field] of wrong) {
      await expect(desk().create(order)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        facts: { errors: [{ field }] },
      });
    }
  });
});
