import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { START } from '#kernel';
import { eventStoreContract } from '../contract/index.js';
import { event, events, grow, history, ids, refusal, revisions } from '../contract/samples.js';
import {
  markAsTestLog,
  openEmbeddedEventReader,
  openEmbeddedEventStore,
  readLogProperties,
  type EmbeddedEventStore,
} from './index.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'redress-log-'));
const program = (name: string): string => fileURLToPath(new URL(`./testing/${name}.js`, import.meta.url));

eventStoreContract('the embedded store', async () => {
  const folder = newFolder();
  let store = await openEmbeddedEventStore({ folder });
  return {
    store,
    reopen: async () => {
      await store.close();
      return (store = await openEmbeddedEventStore({ folder }));
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('the embedded store', () => {
  const folder = newFolder();
  let nowMs = Date.parse('2026-01-05T01:00:00.000Z');
  let store: EmbeddedEventStore;

  const open = async () => {
    store = await openEmbeddedEventStore({ folder, now: () => nowMs });
  };
  beforeAll(open);
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  test('a folder has one writer: another is refused and told what to do', async () => {
    expect(execFileSync(process.execPath, [program('open-folder'), folder]).toString()).toBe('FOLDER_IN_USE');
    await expect(openEmbeddedEventStore({ folder })).rejects.toThrow(`process ${process.pid}`);
    await store.close();
    expect(execFileSync(process.execPath, [program('open-folder'), folder]).toString()).toBe('opened');
    await open();
  });

  test('EVENT_STORE 13: an event has the time of the store’s clock', async () => {
    const stream = await grow(store, 1);
    expect((await store.readStream(stream))[0]!.createdMs).toBe(nowMs);
  });

  test('EVENT_STORE 15: $maxAge narrows what is read', async () => {
    const stream = await grow(store, 2);
    await store.setStreamMetadata(stream, { maxAgeSeconds: 60 });
    nowMs += 45_000;
    await store.append(stream, 1n, [event()]);
    nowMs += 15_000;
    expect(revisions(await store.readStream(stream))).toEqual([0, 1, 2]);
    nowMs += 1;
    expect(revisions(await store.readStream(stream))).toEqual([2]);
    expect(revisions(await store.readStream(stream, { direction: 'backwards' }))).toEqual([2]);
    expect(revisions(await history(store.subscribeToStream(stream)))).toEqual([2]);
  });

  test('EVENT_STORE 5: with any, what was written lately is recognised', async () => {
    const stream = await grow(store, 1);
    const [a, b, c] = events(3);
    const first = await store.append(stream, 'any', [a!, b!]);
    expect(await store.append(stream, 'any', [a!, b!])).toEqual(first);
    expect(await store.append(stream, 'stream_exists', [b!])).toEqual(first);
    expect(await refusal(store.append(stream, 'any', [a!, c!]))).toMatchObject({ code: 'WRONG_EXPECTED_REVISION' });
    expect(revisions(await store.readStream(stream))).toEqual([0, 1, 2]);
  });

  test('EVENT_STORE 6: the limit can be set, and is met exactly', async () => {
    const small = newFolder();
    const limited = await openEmbeddedEventStore({ folder: small, maxAppendBytes: 100 });
    const sized = (bytes: number) => event({ type: 'T', data: Buffer.alloc(bytes), metadata: Buffer.alloc(8) });
    expect((await limited.append('a', 'no_stream', [sized(90)])).revision).toBe(0n);
    const answer = limited.append('a', 0n, [sized(91)]);
    expect(await refusal(answer)).toEqual({ code: 'EVENT_TOO_LARGE', sizeBytes: 101, limitBytes: 100 });
    await limited.close();
    rmSync(small, { recursive: true });
  });

  test.each([
    ['', event()],
    ['$all', event()],
    ['lone \ud800', event()],
    ['sample', event({ id: 'no-uuid' })],
    ['sample', event({ type: '' })],
    ['sample', event({ type: '\udfff' })],
  ])('names and ids that no store can keep are invalid arguments: %j', async (stream, one) => {
    expect(await refusal(store.append(stream, 'any', [one]))).toEqual({ code: 'INVALID_ARGUMENT' });
  });

  test('readers in the same and in another thread see what is committed', async () => {
    const here = openEmbeddedEventReader({ folder });
    const there = new Worker(program('follow-log'), { workerData: folder });
    const heard: string[] = [];
    const until = async (last: string) => {
      while (heard.at(-1) !== last) heard.push(((await once(there, 'message')) as [string])[0]);
    };
    expect(here.epoch).toBe(store.epoch);
    await until('caughtUp');
    const head = (await here.head())!;
    const [one, two] = events(2);
    const waiting = here.committedAfter(head);
    await store.append('readers', 'no_stream', [one!]);
    await waiting;
    expect(ids(here.readAllBatch(head, 10))).toEqual([one!.id]);
    await until(one!.id);
    await store.append('readers', 0n, [two!]);
    await until(two!.id);
    await here.close();
    await there.terminate();
  });

  test('a batch of text says what the events say', async () => {
    const stream = await grow(store, 3);
    await store.append(stream, 2n, [event({ data: Buffer.from('{"文":"😀\\u0000"}') })]);
    const asBytes = store.readAllBatch(START, 10_000);
    const asText = store.readTextBatch(START, 10_000);
    expect(asText).toEqual(
      asBytes.map((one) => ({
        ...one,
        data: Buffer.from(one.data).toString(),
        metadata: Buffer.from(one.metadata).toString(),
      })),
    );
    expect(asBytes).toEqual(await store.readAll());
    expect(ids(store.readAllBatch(asBytes[4]!.position, 2))).toEqual(ids(asBytes.slice(5, 7)));
  });

  test('closing writes what was accepted, ends subscriptions, and refuses what comes later', async () => {
    const following = store.subscribeToStream('closing-never')[Symbol.asyncIterator]();
    expect((await following.next()).value).toEqual({ kind: 'confirmed' });
    expect((await following.next()).value).toEqual({ kind: 'caughtUp' });
    const waiting = following.next();
    const accepted = events(50).map((one, i) => store.append(`closing-${i}`, 'no_stream', [one]));
    await store.close();
    expect((await Promise.all(accepted)).every(({ revision }) => revision === 0n)).toBe(true);
    expect((await waiting).done).toBe(true);
    expect(await refusal(store.append('closing-0', 0n, [event()]))).toEqual({ code: 'STORE_UNAVAILABLE' });
    await open();
    expect(await store.readStream('closing-49')).toHaveLength(1);
  });

  test('EVENTS 4: the epoch stays with the log and differs between logs', async () => {
    const { epoch } = store;
    expect(epoch).toMatch(/^[0-9a-z]{8}$/);
    await store.close();
    await open();
    expect(store.epoch).toBe(epoch);
    const other = newFolder();
    markAsTestLog({ folder: other });
    expect(readLogProperties({ folder: other })!.epoch).not.toBe(epoch);
    rmSync(other, { recursive: true });
  });

  test('EVENTS 20: a log is marked as a test log for good', async () => {
    const marked = newFolder();
    expect(readLogProperties({ folder: marked })).toBeUndefined();
    const plain = await openEmbeddedEventStore({ folder: marked });
    expect(plain.properties.testLog).toBe(false);
    await plain.close();
    markAsTestLog({ folder: marked });
    const test = await openEmbeddedEventStore({ folder: marked });
    expect(test.properties).toMatchObject({ testLog: true, epoch: plain.epoch });
    await test.close();
    expect(readLogProperties({ folder: marked })).toMatchObject({ testLog: true });
    rmSync(marked, { recursive: true });
  });

  test('a log of a newer program is refused, and the folder is free again', async () => {
    const newer = newFolder();
    const db = new Database(join(newer, 'log.db'));
    db.pragma('user_version = 99');
    db.close();
    await expect(openEmbeddedEventStore({ folder: newer })).rejects.toThrow('upgrade it');
    await expect(openEmbeddedEventStore({ folder: newer })).rejects.toThrow('upgrade it');
    rmSync(newer, { recursive: true });
  });
});
