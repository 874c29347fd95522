import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { GroupConsumer, GroupInfo, GroupName } from '../../consumer-groups.js';
import { event, events, ids, refusal, streamName } from '../../contract/samples.js';
import { EndpointProcess } from '../../endpoint/testing/endpoint-process.js';
import { openEventStoreDb, type EventStoreDb } from '../index.js';
import { Wire } from '../testing/wire.js';

let endpoint: EndpointProcess;
let store: EventStoreDb;
beforeAll(async () => {
  endpoint = await EndpointProcess.start();
});
afterEach(() => store.close());
afterAll(() => endpoint.end());

const EAGER = { checkpointAfterMs: 1, minCheckpointCount: 1, maxCheckpointCount: 1 };

async function group(stream: string, settings: object = EAGER): Promise<GroupName> {
  const name = { stream, group: 'g' };
  await store.consumerGroups.create({ ...name, startFrom: 'start', settings });
  return name;
}

async function until(name: GroupName, holds: (info: GroupInfo) => boolean): Promise<void> {
  while (!holds(await store.consumerGroups.info(name))) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Acknowledges what comes and notes its id, until it is closed. */
async function work(consumer: GroupConsumer, seen: string[]): Promise<void> {
  for await (const one of consumer) {
    seen.push(one.event.id);
    consumer.ack(one);
  }
}

describe('EVENT_STORE 20, "Traps": consumers outlive connections', () => {
  test('the endpoint is killed and stopped under load: three who compete go on, and nothing is lost', async () => {
    store = await openEventStoreDb(endpoint.url);
    const stream = streamName('shared');
    const name = await group(stream);
    const team = [1, 2, 3].map(() => store.consumerGroups.consume(name, { bufferSize: 5 }));
    const seen: string[] = [];
    const working = team.map((consumer) => work(consumer, seen));
    const sent = events(300);
    const writing = (async () => {
      for (let at = 0; at < sent.length; at += 5) {
        await store.append(stream, at === 0 ? 'no_stream' : BigInt(at - 1), sent.slice(at, at + 5));
      }
    })();
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const before = seen.length;
      while (seen.length < before + 20) await new Promise((resolve) => setTimeout(resolve, 10));
      await endpoint.stop(signal);
      await endpoint.run();
    }
    await writing;
    await until(name, ({ read, waiting, inFlight }) => read === 299n && waiting + inFlight === 0);
    expect([...new Set(seen)].sort()).toEqual(ids(sent).sort());
    await Promise.all(team.map((consumer) => consumer.close()));
    await Promise.all(working);
  });

  test('a connection that carries nothing any more is noticed and left, and its place in a full group waited for', async () => {
    const wire = await Wire.to(endpoint.port);
    store = await openEventStoreDb(endpoint.url);
    const cutOff = await openEventStoreDb(wire.url, { quietMs: 100 });
    const stream = streamName('silent');
    const name = await group(stream, { ...EAGER, maxSubscriberCount: 1 });
    const consumer = cutOff.consumerGroups.consume(name);
    const seen: string[] = [];
    const working = work(consumer, seen);
    const [first, last] = [event(), event()];
    await store.append(stream, 'no_stream', [first]);
    await until(name, ({ delivered, inFlight }) => delivered === 1 && inFlight === 0);
    wire.cut();
    await store.append(stream, 0n, [last]);
    expect(await refusal(work(store.consumerGroups.consume(name), []))).toMatchObject({ code: 'GROUP_FULL' });
    wire.bury();
    while (!seen.includes(last.id)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toEqual([first.id, last.id]);
    await cutOff.close();
    await working;
    wire.close();
  });

  test('an endpoint that stands still, and dies, lets consumers end, and the process live', async () => {
    store = await openEventStoreDb(endpoint.url, { retryForMs: 100 });
    const stream = streamName('frozen');
    await store.append(stream, 'no_stream', events(3));
    const consumer = store.consumerGroups.consume(await group(stream), { bufferSize: 1 });
    const taking = consumer[Symbol.asyncIterator]();
    const { value } = await taking.next();
    endpoint.freeze();
    consumer.ack(value);
    const next = taking.next();
    // It waits for an answer to its goodbye only for a while.
    await consumer.close();
    expect((await next).done).toBe(true);
    consumer.ack(value);
    endpoint.thaw();
    await endpoint.stop('SIGKILL');
    await endpoint.run();
  });
});
