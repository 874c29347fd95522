import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  ANY,
  binaryEvent,
  EventStoreDBClient,
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults as toStream,
  START,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type ResolvedEvent,
} from '@eventstore/db-client';
import fc from 'fast-check';
import { streamName } from '../contract/samples.js';
import { EndpointProcess } from './testing/endpoint-process.js';

let endpoint: EndpointProcess;
let client: EventStoreDBClient;
beforeAll(async () => {
  endpoint = await EndpointProcess.start();
  client = EventStoreDBClient.connectionString(endpoint.url);
});
afterAll(async () => {
  await client.dispose();
  await endpoint.end();
  expect(endpoint.faults).toBe('');
});

type Operation =
  | { readonly kind: 'append'; readonly stream: number; readonly count: number }
  | { readonly kind: 'link'; readonly stream: number; readonly revision: number }
  | { readonly kind: 'describe'; readonly stream: number; readonly maxCount?: number; readonly truncateBefore?: number }
  | { readonly kind: 'delete'; readonly stream: number };

const stream = fc.nat({ max: 1 });
const small = fc.nat({ max: 5 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('append' as const), stream, count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('link' as const), stream, revision: small }) },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        kind: fc.constant('describe' as const),
        stream,
        maxCount: fc.integer({ min: 1, max: 4 }),
        truncateBefore: small,
      },
      { requiredKeys: ['kind', 'stream'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), stream }) },
);

/** What EventStoreDB's rules say of a stream, over a number. */
class ModelStream {
  length = 0;
  maxCount = Infinity;
  truncateBefore = 0;
  deleted = false;
  described = false;

  append(count: number): void {
    if (this.deleted) this.revive();
    this.length += count;
  }

  describe(maxCount = Infinity, truncateBefore = 0): void {
    Object.assign(this, { maxCount, truncateBefore, described: true });
    if (this.deleted) this.revive();
  }

  delete(): void {
    if (this.length > 0 || this.described) Object.assign(this, { deleted: true, maxCount: Infinity, described: true });
  }

  shows(revision: number): boolean {
    const first = Math.max(this.truncateBefore, this.length - this.maxCount);
    return !this.deleted && revision >= first && revision < this.length;
  }

  private revive(): void {
    Object.assign(this, { deleted: false, truncateBefore: this.length });
  }
}

const places = (events: readonly ResolvedEvent[]) =>
  events.map(({ event }) => (event === undefined ? 'nothing' : `${event.revision}@${event.streamId}`));

async function collect<Event>(from: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const one of from) all.push(one);
  return all;
}

/** What a subscription says until it is caught up and so much is there. */
function history<Event>(
  subscription: NodeJS.EventEmitter & { unsubscribe(): Promise<void> },
  count: number,
): Promise<Event[]> {
  return new Promise((resolve, reject) => {
    const events: Event[] = [];
    let isCaughtUp = false;
    const look = (): void => {
      if (isCaughtUp && events.length >= count) void subscription.unsubscribe().then(() => resolve(events));
    };
    subscription.on('error', reject);
    subscription.on('data', (event: Event) => {
      events.push(event);
      look();
    });
    subscription.on('caughtUp', () => {
      isCaughtUp = true;
      look();
    });
  });
}

async function act(run: string, models: readonly ModelStream[], one: Operation): Promise<string[]> {
  const [name, model] = [`${run}-${one.stream}`, models[one.stream]!];
  switch (one.kind) {
    case 'append': {
      await client.appendToStream(
        name,
        Array.from({ length: one.count }, () => jsonEvent({ type: 'SampleHappened', data: {} })),
      );
      model.append(one.count);
      return Array.from({ length: one.count }, (_, i) => `${model.length - one.count + i}@${name}`);
    }
    case 'link': {
      const target = `${one.revision}@${name}`;
      const { nextExpectedRevision } = await client.appendToStream(
        `${run}-links`,
        binaryEvent({ type: '$>', data: Buffer.from(target) }),
        { expectedRevision: ANY },
      );
      return [`${nextExpectedRevision}@${run}-links`];
    }
    case 'describe':
      await client.setStreamMetadata(name, {
        ...(one.maxCount === undefined ? {} : { maxCount: one.maxCount }),
        ...(one.truncateBefore === undefined ? {} : { truncateBefore: one.truncateBefore }),
      });
      model.describe(one.maxCount, one.truncateBefore);
      return [];
    case 'delete':
      await client.deleteStream(name).catch((error: { type?: string }) => {
        expect([error.type, model.length, model.described]).toEqual(['wrong-expected-version', 0, false]);
      });
      model.delete();
      return [];
    default:
      return one satisfies never;
  }
}

test('EVENT_STORE 11–17, 20: links, whatever became of their targets, are read, followed and shared by one rule', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 8, maxLength: 25 }),
      fc.array(fc.constantFrom('ack', 'park', 'skip', 'retry'), { minLength: 25, maxLength: 25 }),
      async (operations, answers) => {
        const run = streamName('random');
        const models = [new ModelStream(), new ModelStream()];
        const log: string[] = [];
        for (const one of operations) log.push(...(await act(run, models, one)));
        const links = operations.filter((one) => one.kind === 'link');
        const expected = links.map(({ stream: target, revision }) =>
          models[target]!.shows(revision) ? `${revision}@${run}-${target}` : 'nothing',
        );

        const all = streamNameFilter({ prefixes: [run] });
        const seen = await history<AllStreamResolvedEvent>(
          client.subscribeToAll({ fromPosition: START, filter: all }),
          log.length,
        );
        expect(places(seen)).toEqual(log);
        if (links.length === 0) return;

        const read = await collect(client.readStream(`${run}-links`, { resolveLinkTos: true }));
        expect(places(read)).toEqual(expected);
        const followed = await history<ResolvedEvent>(
          client.subscribeToStream(`${run}-links`, { fromRevision: START, resolveLinkTos: true }),
          expected.length,
        );
        expect(places(followed)).toEqual(expected);
        await shared(`${run}-links`, expected, answers.slice(0, links.length));
      },
    ),
    { numRuns: 12 },
  );
});

/** A group on the stream gets each event as often as the answers have it, and what was parked once more when it is replayed. */
async function shared(name: string, expected: readonly string[], answers: readonly string[]): Promise<void> {
  const settings = toStream({ startFrom: START, resolveLinkTos: true, maxRetryCount: 1 });
  await client.createPersistentSubscriptionToStream(name, 'g', settings);
  const consumer = client.subscribeToPersistentSubscriptionToStream(name, 'g', { bufferSize: 3 });
  const got: string[] = [];
  const parked = answers.filter((answer) => answer === 'park' || answer === 'retry').length;
  // What is retried comes once more and is parked then.
  const first = answers.length + answers.filter((answer) => answer === 'retry').length;
  let wake = (): void => undefined;
  consumer.on('data', (event) => {
    const { link } = event;
    got.push(places([event])[0]!);
    if (got.length > first) void consumer.ack(event);
    else {
      const answer = answers[Number(link!.revision)]!;
      void (answer === 'ack' ? consumer.ack(event) : consumer.nack(answer as 'park', 'because', event));
    }
    wake();
  });
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds()))
      await Promise.race([
        new Promise<void>((resolve) => (wake = resolve)),
        new Promise((resolve) => setTimeout(resolve, 50)),
      ]);
  };
  const info = async () => (await client.getPersistentSubscriptionToStreamInfo(name, 'g')).stats;
  await until(() => got.length >= first);
  await until(async () => Number((await info()).parkedMessageCount) === parked);
  const twice = expected.filter((_, i) => answers[i] === 'retry');
  expect([...got].sort()).toEqual([...expected, ...twice].sort());
  await client.replayParkedMessagesToStream(name, 'g');
  await until(() => got.length >= first + parked);
  const again = expected.filter((_, i) => answers[i] === 'park' || answers[i] === 'retry');
  expect(got.slice(first).sort()).toEqual(again.sort());
  expect(Number((await info()).parkedMessageCount)).toBe(0);
  await consumer.unsubscribe();
  await client.deletePersistentSubscriptionToStream(name, 'g');
}
