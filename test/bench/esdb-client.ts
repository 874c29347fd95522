// What one client in a process of its own gets from a server: `esdb-client.js <url> <bare|adapter> <measure> <count>`.
import { ANY, EventStoreDBClient, jsonEvent, START, streamNameFilter, type EventData } from '@eventstore/db-client';
import { openEventStoreDb } from '#event-store/eventstoredb';
import { newId } from '#kernel';
import type { EventStore, NewEvent } from '#event-store';

const [url, who, measure, countText] = process.argv.slice(2);
const count = Number(countText);
const STREAM_LENGTH = 200;
const IN_FLIGHT = 64;
const BATCH = 500;

/** The same things to do, by the official client as it is and by the adapter. */
interface Doer {
  readAll(count: number): Promise<number>;
  subscribe(count: number): Promise<number>;
  readStream(stream: string): Promise<number>;
  append(stream: string, events: number): Promise<unknown>;
  close(): Promise<void>;
}

const data = { number: 1, amountCents: 7, text: 'words '.repeat(30), at: '2026-01-05T01:00:00.000Z' };
const metadata = { v: 1, actor: { id: newId(), role: 'agent' }, correlation: newId(), prev: 'f'.repeat(64) };

function bareClient(): Doer {
  const client = EventStoreDBClient.connectionString(url!);
  const drain = async (events: AsyncIterable<unknown>, most = Infinity): Promise<number> => {
    let seen = 0;
    for await (const _ of events) if (++seen === most) break;
    return seen;
  };
  const proposed = (): EventData => jsonEvent({ type: 'SampleHappened', data, metadata });
  return {
    readAll: (most) => drain(client.readAll({ maxCount: most })),
    subscribe: (most) =>
      drain(client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ prefixes: ['sample-'] }) }), most),
    readStream: (stream) => drain(client.readStream(stream)),
    append: (stream, events) =>
      client.appendToStream(stream, Array.from({ length: events }, proposed), { expectedRevision: ANY }),
    close: () => client.dispose(),
  };
}

async function adapter(): Promise<Doer> {
  const store: EventStore = await openEventStoreDb(url!);
  const bytes = { data: Buffer.from(JSON.stringify(data)), metadata: Buffer.from(JSON.stringify(metadata)) };
  const proposed = (): NewEvent => ({ id: newId(), type: 'SampleHappened', contentType: 'application/json', ...bytes });
  return {
    readAll: async (most) => (await store.readAll({ maxCount: most })).length,
    subscribe: async (most) => {
      let seen = 0;
      for await (const { kind } of store.subscribeToAll({ filter: { streamPrefixes: ['sample-'] } })) {
        if (kind === 'event' && ++seen === most) break;
      }
      return seen;
    },
    readStream: async (stream) => (await store.readStream(stream)).length,
    append: (stream, events) => store.append(stream, 'any', Array.from({ length: events }, proposed)),
    close: () => store.close(),
  };
}

async function inFlight(total: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

const doer = who === 'bare' ? bareClient() : await adapter();
const run = newId();
const MEASURES: Readonly<Record<string, (count: number) => Promise<number>>> = {
  readAll: (most) => doer.readAll(most),
  subscribe: (most) => doer.subscribe(most),
  readStreams: async (most) => {
    let seen = 0;
    for (let i = 0; seen < most; i++) seen += await doer.readStream(`sample-${i}`);
    return seen;
  },
  appendSequential: async (most) => {
    for (let i = 0; i < most; i++) await doer.append(`one-${run}-${i % STREAM_LENGTH}`, 1);
    return most;
  },
  appendInFlight: async (most) => {
    await inFlight(most, (i) => doer.append(`many-${run}-${i % 1_000}`, 1));
    return most;
  },
  appendBatches: async (most) => {
    for (let i = 0; i < most; i += BATCH) await doer.append(`batch-${run}-${i}`, BATCH);
    return most;
  },
};

// Warm: the first calls connect and compile.
await MEASURES[measure!]!(Math.min(count, measure!.startsWith('append') ? count / 4 : 10_000));
const from = performance.now();
const done = await MEASURES[measure!]!(count);
const ms = performance.now() - from;
await doer.close();
console.log(JSON.stringify({ perSecond: (done / ms) * 1000 }));
process.exit(0);
