import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { comparePositions, newId, START, type Position } from '#kernel';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '../embedded/index.js';
import { EndpointProcess } from '../endpoint/testing/endpoint-process.js';
import { openEventStoreDb } from '../eventstoredb/index.js';
import type { EventReader, EventStore, NewEvent, StoredEvent } from '../port.js';
import { isOfSuccession, moveLog, Predecessors } from './index.js';
import { packPairs, unpackPairs } from './position-table.js';
import { eventsOf, isOfTheStore } from './walk.js';

const made = (text: string, contentType: NewEvent['contentType'] = 'application/json'): NewEvent => ({
  id: newId(),
  type: 'SampleHappened',
  contentType,
  data: Buffer.from(JSON.stringify({ text })),
  metadata: Buffer.from(JSON.stringify({ at: '2026-01-05T01:00:00.000Z' })),
});

/** Streams that take turns, batches, any texts, a foreign stream that is described and one that is gone for good. */
async function fill(store: EventStore): Promise<void> {
  await store.append('case-0', 'no_stream', [made('first'), made('second')]);
  await store.setStreamMetadata('foreign', { maxCount: 5, custom: { owner: 'them' } });
  for (let round = 0; round < 20; round++) {
    for (const stream of ['case-a', 'case-b', 'foreign']) {
      const expected = round === 0 ? ('no_stream' as const) : BigInt(round * 2 - 1);
      await store.append(stream, expected, [
        made(`${stream} ${round} 中文`),
        made('\u0000', 'application/octet-stream'),
      ]);
    }
  }
  await store.append('gone', 'no_stream', [made('gone')]);
  await store.tombstoneStream('gone', 'any');
}

async function told(reader: EventReader): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of eventsOf(reader, (it) => isOfTheStore(it) || isOfSuccession(it.stream))) events.push(event);
  return events;
}

/** All that must be the same; where it stands and when the store wrote it is the store's. */
const said = (events: readonly StoredEvent[]): object[] =>
  events.map(({ position: _, createdMs: __, ...event }) => ({
    ...event,
    data: Buffer.from(event.data).toString('hex'),
    metadata: Buffer.from(event.metadata).toString('hex'),
  }));

/** A store that ends as a process does: after so many appends nothing is written any more. */
function dying(store: EventStore, appends: number): EventStore {
  let left = appends;
  return new Proxy(store, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name, target);
      if (typeof own !== 'function') return own;
      if (name === 'append' && left-- <= 0) return () => Promise.reject(new Error('killed'));
      return own.bind(target) as unknown;
    },
  });
}

const opened: EmbeddedEventStore[] = [];
const folders: string[] = [];
async function embedded(): Promise<EmbeddedEventStore> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-move-'));
  folders.push(folder);
  const store = await openEmbeddedEventStore({ folder });
  opened.push(store);
  return store;
}
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('the table of positions gives back what it was given', () => {
  const number = fc.bigInt({ min: 0n, max: 2n ** 62n });
  const step = fc.record({ from: number, to: number, fromPrepare: fc.nat(9), toPrepare: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let [from, to] = [0n, 0n];
      const pairs = steps.map((it) => {
        [from, to] = [from + (it.from % 2n ** 40n) + 10n, to + (it.to % 2n ** 40n) + 10n];
        return {
          from: { commit: from, prepare: from - BigInt(it.fromPrepare) },
          to: { commit: to, prepare: to - BigInt(it.toPrepare) },
        };
      });
      expect(unpackPairs(packPairs(pairs))).toEqual(pairs);
    }),
  );
});

describe('a log is moved between embedded stores', () => {
  let source: EmbeddedEventStore;
  let target: EmbeddedEventStore;
  beforeEach(async () => {
    [source, target] = [await embedded(), await embedded()];
    await fill(source);
  });

  test('killed after any number of appends and called again, the copy is whole, and nothing is there twice', async () => {
    for (let appends = 0; ; appends += 7) {
      const outcome = await moveLog({ source, target: dying(target, appends) }).catch((error: Error) => error);
      if (!(outcome instanceof Error)) break;
      expect(outcome.message).toBe('killed');
    }
    expect(said(await told(target))).toEqual(said(await told(source)));
    expect((await target.getStreamMetadata('foreign')).metadata).toEqual({ maxCount: 5, custom: { owner: 'them' } });
    await expect(target.readStream('gone')).rejects.toMatchObject({ code: 'STREAM_DELETED' });
  });

  test('a target that holds something else is refused, and stays as it is', async () => {
    await target.append('case-x', 'no_stream', [made('theirs')]);
    const before = await target.head();
    await expect(moveLog({ source, target })).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect(await target.head()).toEqual(before);
  });

  test('a copy that was altered is found, be it in a byte, in its order, or by one event more', async () => {
    const events = await told(source);
    const half = dying(target, 12);
    await expect(moveLog({ source, target: half })).rejects.toThrow('killed');
    const tampered = (change: (event: StoredEvent) => StoredEvent): EventStore =>
      new Proxy(target, {
        get(store, name) {
          if (name === 'readAll') return async (...given: []) => (await store.readAll(...given)).map(change);
          const own: unknown = Reflect.get(store, name, store);
          return typeof own === 'function' ? (own.bind(store) as unknown) : own;
        },
      });
    const altered = (event: StoredEvent): StoredEvent =>
      event.id === events[3]!.id ? { ...event, data: Buffer.from('{"text":"x"}') } : event;
    await expect(moveLog({ source, target: tampered(altered) })).rejects.toMatchObject({ code: 'COPY_DIFFERS' });
    await target.append('case-more', 'no_stream', [made('one more')]);
    await expect(moveLog({ source, target })).rejects.toMatchObject({ code: 'COPY_DIFFERS' });
  });

  test('a source that somebody writes into meanwhile is not taken for moved', async () => {
    const busy = new Proxy(source, {
      get(store, name) {
        if (name === 'head')
          return async () => {
            const head = await store.head();
            await store.append('case-late', 'no_stream', [made('late')]);
            return head;
          };
        const own: unknown = Reflect.get(store, name, store);
        return typeof own === 'function' ? (own.bind(store) as unknown) : own;
      },
    });
    await expect(moveLog({ source: busy, target })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    await moveLog({ source, target });
    const [moved, originals] = [await told(target), await told(source)];
    expect(said(moved)).toEqual(said(originals));
    const last = await new Predecessors(target).translate(source.epoch, originals.at(-1)!.position);
    expect(last).toEqual(moved.at(-1)!.position);
  });
});

test('up to a position: what is written behind it meanwhile is no part of the copy, and its tokens are lost there', async () => {
  const [source, target] = [await embedded(), await embedded()];
  await fill(source);
  const until = (await source.head())!;
  const before = await told(source);
  await source.append('case-late', 'no_stream', [made('late')]);
  await source.tombstoneStream('foreign', 'any');
  await moveLog({ source, target, until });
  expect(said(await told(target))).toEqual(said(before));
  expect((await target.getStreamMetadata('foreign')).metadata).toMatchObject({ custom: { owner: 'them' } });
  const predecessors = new Predecessors(target);
  const last = (await told(target)).at(-1)!.position;
  expect(await predecessors.translate(source.epoch, until)).toEqual(last);
  expect(await predecessors.translate(source.epoch, (await source.head())!)).toBe('lost');
});

describe('EVENTS 4: a log is moved to EventStoreDB, in another process, and back', () => {
  let endpoint: EndpointProcess;
  let source: EmbeddedEventStore;
  let there: EventStore;
  let back: EmbeddedEventStore;
  beforeAll(async () => {
    endpoint = await EndpointProcess.start();
  });
  afterAll(() => endpoint.end());

  test('the same log, event by event, though the move was killed on its way; tokens of all of them go on', async () => {
    source = await embedded();
    await fill(source);
    there = await openEventStoreDb(endpoint.url);
    await expect(moveLog({ source, target: dying(there, 30) })).rejects.toThrow('killed');
    await endpoint.stop('SIGKILL');
    await endpoint.run();
    const { events, resumedAt } = await moveLog({ source, target: there });
    const originals = await told(source);
    expect([events, resumedAt > 0 && resumedAt < events]).toEqual([originals.length, true]);
    const moved = await told(there);
    expect(said(moved)).toEqual(said(originals));
    expect(await moveLog({ source, target: there })).toEqual({ events: 0, resumedAt: 0 });
    await there.append('case-a', 39n, [made('lived on')]);
    back = await embedded();
    await moveLog({ source: there, target: back });
    const returned = await told(back);
    expect(said(returned)).toEqual(said(await told(there)));
    // Whoever had read up to an event goes on behind that event, from whichever log the token was.
    for (const [of, epoch, places] of [
      [there, source.epoch, moved],
      [back, source.epoch, returned],
      [back, there.epoch, returned],
    ] as const) {
      const old = epoch === source.epoch ? originals : moved;
      const predecessors = new Predecessors(of);
      for (const [at, { position }] of old.entries()) {
        expect(await predecessors.translate(epoch, position)).toEqual(places[at]!.position);
      }
      expect(await predecessors.translate(epoch, START)).toEqual(START);
      const behind = (await (epoch === source.epoch ? source : there).head())!;
      const later: Position = { commit: behind.commit + 1000n, prepare: behind.prepare + 1000n };
      expect(await predecessors.translate(epoch, later)).toBe('lost');
      expect(await predecessors.translate('nobodys', START)).toEqual(START);
      expect(await predecessors.translate('nobodys', behind)).toBe('foreign');
    }
    expect(comparePositions(returned.at(-1)!.position, (await back.head())!)).toBeLessThan(0);
    await there.close();
  }, 60_000);
});
