import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  BACKWARDS,
  binaryEvent,
  END,
  eventTypeFilter,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  START,
  streamNameFilter,
  type AllStreamSubscription,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
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

const sample = (key = 1) => jsonEvent({ type: 'SampleHappened', data: { key } });
const samples = (count: number) => Array.from({ length: count }, (_, i) => sample(i));
const grow = async (count: number, stream = streamName()): Promise<string> => {
  await client.appendToStream(stream, samples(count), { expectedRevision: NO_STREAM });
  return stream;
};
const errorOf = async (work: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await work;
    return {};
  } catch (error) {
    return error as Record<string, unknown>;
  }
};

async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) all.push(one);
  return all;
}
const revisions = (events: ResolvedEvent[]): number[] => events.map(({ event }) => Number(event!.revision));

/** What a subscription says, marks and revisions in order, until it has said as much as is waited for. */
async function heard(
  subscription: StreamSubscription | AllStreamSubscription,
  count: number,
  onMark = (_: string): void => undefined,
) {
  const said: unknown[] = [];
  await new Promise<void>((resolve) => {
    const say = (what: unknown): void => {
      said.push(what);
      if (said.length === count) resolve();
    };
    for (const mark of ['confirmation', 'caughtUp'] as const)
      subscription.on(mark, () => {
        say(mark);
        onMark(mark);
      });
    subscription.on('error', (error: Error & { type?: string }) => say(error.type ?? error.message));
    subscription.on('data', ({ event }: ResolvedEvent) =>
      say(event!.type.startsWith('$') ? event!.type : Number(event!.revision)),
    );
  });
  await subscription.unsubscribe();
  return said;
}

describe('append', () => {
  const byCall = { credentials: { username: 'admin', password: 'changeit' } };

  test.each([
    ['batch', {}],
    ['plain', byCall],
  ])('EVENT_STORE 5: with any, an id is known by where it was written first (%s append)', async (_, how) => {
    const [one, other] = [streamName(), streamName()];
    const same = sample();
    const next = async (stream: string, events = [same]) =>
      Number((await client.appendToStream(stream, events, how)).nextExpectedRevision);
    expect([await next(one), await next(other), await next(one), await next(other)]).toEqual([0, 0, 0, 1]);
    const twice = [same, same].map(() => sample());
    expect(await next(one, [twice[0]!, twice[0]!])).toBe(2);
    expect(await next(one, [twice[0]!, twice[0]!])).toBe(1);
  });

  test.each([
    ['batch', {}],
    ['plain', byCall],
  ])('EVENT_STORE 4: what is there already but hidden has no position (%s append)', async (_, how) => {
    const stream = streamName();
    const events = samples(2);
    await client.appendToStream(stream, events, { expectedRevision: NO_STREAM });
    await client.setStreamMetadata(stream, { truncateBefore: 2 });
    const again = await client.appendToStream(stream, events, { expectedRevision: NO_STREAM, ...how });
    expect(again).toMatchObject({ success: true, nextExpectedRevision: 1n });
    expect(again.position).toBeUndefined();
  });

  test('EVENT_STORE 4: an append of nothing has a place in the log', async () => {
    const stream = await grow(1);
    const before = await client.appendToStream(stream, [sample()]);
    const nothing = await client.appendToStream(stream, []);
    const after = await client.appendToStream(stream, [sample()]);
    expect(nothing.nextExpectedRevision).toBe(1n);
    expect(nothing.position!.commit).toBeGreaterThan(before.position!.commit);
    expect(after.position!.commit).toBeGreaterThan(nothing.position!.commit);
  });

  test.each([
    ['an empty name', '', sample()],
    ['an empty type', 'sample', jsonEvent({ type: '', data: {} })],
    ['the id of nothing', 'sample', jsonEvent({ type: 'T', data: {}, id: '00000000-0000-0000-0000-000000000000' })],
  ])('%s is refused as EventStoreDB’s handler refuses it', async (_, stream, event) => {
    expect(await errorOf(client.appendToStream(stream, event, byCall))).toMatchObject({ type: 'unknown' });
  });

  test('metadata of metadata, and metadata that are deleted by themselves, leave the stream alone', async () => {
    const stream = await grow(1);
    await client.setStreamMetadata(stream, { maxCount: 5 });
    await client.setStreamMetadata(`$$${stream}`, { maxCount: 3 });
    await client.deleteStream(`$$${stream}`);
    expect((await client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 5 });
    await client.tombstoneStream(`$$${stream}`);
    expect(await errorOf(client.getStreamMetadata(stream))).toMatchObject({ type: 'stream-deleted' });
    expect(revisions(await collect(client.readStream(stream)))).toEqual([0]);
  });
});

describe('metadata that others wrote', () => {
  const written = (data: unknown) => jsonEvent({ type: '$metadata', data: data as Record<string, string> });
  test.each([
    ['one member that is no integer: nothing is heeded', written({ $maxCount: '1', $tb: 2 }), [0, 1, 2]],
    ['an acl that is none: nothing is heeded', written({ $acl: 'x', $tb: 2 }), [0, 1, 2]],
    ['a count of none: the rest is heeded', written({ $maxCount: 0, $tb: 1 }), [1, 2]],
    ['a type of any name', jsonEvent({ type: 'other', data: { $maxCount: 1 } }), [2]],
    ['not marked as JSON', binaryEvent({ type: '$metadata', data: Buffer.from('{"$maxCount":1}') }), [0, 1, 2]],
  ])('EVENT_STORE 15: %s', async (_, event, shown) => {
    const stream = await grow(3);
    await client.appendToStream(`$$${stream}`, event);
    expect(revisions(await collect(client.readStream(stream)))).toEqual(shown);
  });
});

describe('read', () => {
  test('EVENT_STORE 11: a stream longer than any page comes whole, both ways, and no more than asked for', async () => {
    const stream = await grow(3_000);
    const up = Array.from({ length: 3_000 }, (_, i) => i);
    expect(revisions(await collect(client.readStream(stream)))).toEqual(up);
    expect(revisions(await collect(client.readStream(stream, { direction: BACKWARDS, fromRevision: END })))).toEqual(
      [...up].reverse(),
    );
    expect(await collect(client.readStream(stream, { maxCount: 1_234 }))).toHaveLength(1_234);
    expect(revisions(await collect(client.readStream(stream, { fromRevision: 2_998n })))).toEqual([2_998, 2_999]);
  });

  test('EVENT_STORE 12: forwards from the end is an error for a stream, nothing for $all; a count of none likewise', async () => {
    const stream = await grow(1);
    expect(await errorOf(collect(client.readStream(stream, { fromRevision: END })))).toMatchObject({ type: 'unknown' });
    expect(await errorOf(collect(client.readStream(stream, { maxCount: 0 })))).toMatchObject({ type: 'unknown' });
    expect(await collect(client.readAll({ fromPosition: END }))).toEqual([]);
    expect(await collect(client.readAll({ fromPosition: START, direction: BACKWARDS }))).toEqual([]);
  });

  test('links are followed where it is asked for', async () => {
    const stream = await grow(2);
    const links = streamName('links');
    const linkTo = (target: string) => binaryEvent({ type: '$>', data: Buffer.from(target) });
    await client.appendToStream(links, [
      linkTo(`1@${stream}`),
      linkTo(`9@${stream}`),
      linkTo('-1@' + stream),
      linkTo('nonsense'),
      sample(),
    ]);
    const followed = await collect(client.readStream(links, { resolveLinkTos: true }));
    expect(followed.map(({ event, link }) => [event?.streamId, event?.revision, link?.revision])).toEqual([
      [stream, 1n, 0n],
      [undefined, undefined, 1n],
      [stream, 1n, 2n],
      [links, 3n, undefined],
      [links, 4n, undefined],
    ]);
    const raw = await collect(client.readStream(links));
    expect(raw.map(({ event, link }) => [event!.type, link])).toEqual([
      ['$>', undefined],
      ['$>', undefined],
      ['$>', undefined],
      ['$>', undefined],
      ['SampleHappened', undefined],
    ]);
  });

  test('who reads a little of something large and leaves costs no more than that', async () => {
    const stream = streamName('large');
    for (let i = 0; i < 40; i++) {
      await client.appendToStream(stream, binaryEvent({ type: 'large', data: Buffer.alloc(900_000) }));
    }
    for await (const { event } of client.readStream(stream)) if (event!.revision === 2n) break;
    expect(revisions(await collect(client.readStream(stream, { fromRevision: 38n })))).toEqual([38, 39]);
  });
});

describe('what only other clients ask for', () => {
  let raw: InstanceType<typeof streamsGrpc.StreamsClient>;
  beforeAll(() => {
    raw = new streamsGrpc.StreamsClient(`127.0.0.1:${endpoint.port}`, credentials.createInsecure());
  });
  afterAll(() => raw.close());

  const { Options } = streamsPb.ReadReq;
  const options = () =>
    new Options()
      .setUuidOption(new Options.UUIDOption().setStructured(new sharedPb.Empty()))
      .setCount('100')
      .setNoFilter(new sharedPb.Empty());
  const ofStream = (stream: string, from = '0') =>
    options().setStream(
      new Options.StreamOptions()
        .setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(stream)))
        .setRevision(from),
    );
  const ask = (request: streamsPb.ReadReq.Options) =>
    collect(raw.read(new streamsPb.ReadReq().setOptions(request)) as AsyncIterable<streamsPb.ReadResp>);

  test('the first and the last revision of a stream are told where the client can hear it', async () => {
    const stream = await grow(100);
    await client.setStreamMetadata(stream, { truncateBefore: 90 });
    const control = new Options.ControlOption().setCompatibility(1);
    const said = await ask(ofStream(stream).setControlOption(control));
    expect(said[0]!.getFirstStreamPosition()).toBe('90');
    expect(said.at(-1)!.getLastStreamPosition()).toBe('99');
    expect(said).toHaveLength(12);
    expect(await ask(ofStream(stream))).toHaveLength(10);
  });

  test('$all is read through a filter, both ways', async () => {
    const stream = await grow(40);
    const expression = new Options.FilterOptions.Expression().setPrefixList([stream]);
    const filter = () =>
      new Options.FilterOptions()
        .setStreamIdentifier(expression)
        .setCount(new sharedPb.Empty())
        .setCheckpointintervalmultiplier(1);
    const all = new Options.AllOptions();
    const read = async (request: streamsPb.ReadReq.Options) =>
      (await ask(request)).map((response) => Number(response.getEvent()!.getEvent()!.getStreamRevision()));
    const forwards = options().setFilter(filter()).setAll(all.setStart(new sharedPb.Empty())).setCount('3');
    expect(await read(forwards)).toEqual([0, 1, 2]);
    const backwards = options()
      .setFilter(filter())
      .setAll(new Options.AllOptions().setEnd(new sharedPb.Empty()))
      .setCount('3');
    expect(await read(backwards.setReadDirection(1))).toEqual([39, 38, 37]);
  });

  test.each<[string, () => streamsPb.ReadReq, status]>([
    ['nothing at all', () => new streamsPb.ReadReq(), status.UNKNOWN],
    ['neither a stream nor all', () => new streamsPb.ReadReq().setOptions(options()), status.UNKNOWN],
    [
      'a revision beyond all numbers',
      () => new streamsPb.ReadReq().setOptions(ofStream('s', String(2n ** 63n))),
      status.UNKNOWN,
    ],
    [
      'a filtered stream',
      () => new streamsPb.ReadReq().setOptions(ofStream('s').setFilter(new Options.FilterOptions())),
      status.INVALID_ARGUMENT,
    ],
    [
      'a broken expression',
      () => {
        const broken = new Options.FilterOptions()
          .setEventType(new Options.FilterOptions.Expression().setRegex('('))
          .setMax(1);
        const all = new Options.AllOptions().setStart(new sharedPb.Empty());
        return new streamsPb.ReadReq().setOptions(
          options().setAll(all).setFilter(broken.setCheckpointintervalmultiplier(1)),
        );
      },
      status.UNKNOWN,
    ],
  ])('%s is refused, and the endpoint stays', async (_, request, code) => {
    const answer = collect(raw.read(request()) as AsyncIterable<unknown>);
    expect(await errorOf(answer)).toMatchObject({ code });
    expect(await collect(client.readAll({ maxCount: 1 }))).toHaveLength(1);
  });

  test('an expression that would never end is stopped, and others are answered', async () => {
    await grow(1, `${'a'.repeat(40)}!`);
    const filter = streamNameFilter({ regex: '^(a+)+$' });
    const said = heard(client.subscribeToAll({ fromPosition: START, filter }), 2);
    expect(await collect(client.readAll({ maxCount: 1 }))).toHaveLength(1);
    const [first, error] = await said;
    expect(first).toBe('confirmation');
    expect(error).toBe('unknown');
  });

  test('an event without a type is refused by name', async () => {
    const append = new Promise((resolve, reject) => {
      const call = raw.append(new Metadata(), (error: ServiceError | null, answer) =>
        error ? reject(error) : resolve(answer),
      );
      const identifier = new sharedPb.StreamIdentifier().setStreamName(Buffer.from(streamName()));
      call.write(
        new streamsPb.AppendReq().setOptions(
          new streamsPb.AppendReq.Options().setStreamIdentifier(identifier).setAny(new sharedPb.Empty()),
        ),
      );
      call.write(
        new streamsPb.AppendReq().setProposedMessage(
          new streamsPb.AppendReq.ProposedMessage().setId(
            new sharedPb.UUID().setString('00000000-0000-4000-8000-000000000000'),
          ),
        ),
      );
      call.end();
    });
    const error = (await errorOf(append)) as unknown as ServiceError;
    expect(error.metadata.get('exception')).toEqual(['missing-required-metadata-property']);
  });
});

describe('subscribe', () => {
  test('EVENT_STORE 17: confirmation, history, caught up, live', async () => {
    const stream = await grow(3);
    const append = (mark: string): void => void (mark === 'caughtUp' && client.appendToStream(stream, sample()));
    expect(await heard(client.subscribeToStream(stream), 6, append)).toEqual(['confirmation', 0, 1, 2, 'caughtUp', 3]);
  });

  test('EVENT_STORE 16: what the metadata hide is no history, but comes when it is written', async () => {
    const stream = await grow(5);
    await client.setStreamMetadata(stream, { maxCount: 1, truncateBefore: 99 });
    const append = (mark: string): void => void (mark === 'caughtUp' && client.appendToStream(stream, samples(2)));
    expect(await heard(client.subscribeToStream(stream), 4, append)).toEqual(['confirmation', 'caughtUp', 5, 6]);
  });

  test('EVENT_STORE 16: a tombstone is the last event, and then the error', async () => {
    const stream = await grow(1);
    const end = (mark: string): void => void (mark === 'caughtUp' && client.tombstoneStream(stream));
    expect(await heard(client.subscribeToStream(stream), 5, end)).toEqual([
      'confirmation',
      0,
      'caughtUp',
      '$streamDeleted',
      'stream-deleted',
    ]);
    expect(await heard(client.subscribeToStream(stream), 1)).toEqual(['stream-deleted']);
  });

  test('EVENT_STORE 17: checkpoints come between pages of the search window, never before what they cover', async () => {
    const stream = streamName();
    const { position } = await client.appendToStream(stream, sample(), { expectedRevision: NO_STREAM });
    await client.appendToStream(stream, samples(9));
    await grow(500);
    const seen: [string, bigint][] = [];
    const filter = streamNameFilter({
      prefixes: [stream],
      checkpointInterval: 2,
      maxSearchWindow: 50,
      checkpointReached: async (_, { commit }) => void seen.push(['checkpoint', commit]),
    });
    const subscription = client.subscribeToAll({ fromPosition: position!, filter });
    subscription.on('data', ({ event }) => seen.push(['event', event!.position!.commit]));
    await heard(subscription, 11);
    const places = seen.map(([, commit]) => commit);
    expect([...places].sort((a, b) => Number(a - b))).toEqual(places);
    const checkpoints = seen.filter(([kind]) => kind === 'checkpoint').map(([, commit]) => commit - position!.commit);
    expect(checkpoints).toEqual([51n, 151n, 251n, 351n, 451n]);
  });

  test('EVENT_STORE 17: live checkpoints count on where history ended', async () => {
    const stream = streamName();
    const { position } = await client.appendToStream(stream, samples(1), { expectedRevision: NO_STREAM });
    await grow(7);
    const checkpoints: bigint[] = [];
    let reach: () => void;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const filter = streamNameFilter({
      prefixes: [stream],
      maxSearchWindow: 10,
      checkpointReached: async (_, { commit }) => {
        if (checkpoints.push(commit - position!.commit) === 2) reach();
      },
    });
    const subscription = client.subscribeToAll({ fromPosition: position!, filter }).resume();
    subscription.once('caughtUp', () => void grow(20));
    await reached;
    await subscription.unsubscribe();
    expect(checkpoints).toEqual([10n, 20n]);
  });

  test('who subscribes behind the end of the log hears of what is written next', async () => {
    const stream = streamName();
    const far = { commit: 2n ** 40n, prepare: 2n ** 40n };
    const append = (mark: string): void => void (mark === 'caughtUp' && grow(1, stream));
    expect(await heard(client.subscribeToAll({ fromPosition: far }), 3, append)).toEqual([
      'confirmation',
      'caughtUp',
      0,
    ]);
  });

  test('EVENT_STORE 16: a tombstoned stream from its end: nothing, and no error', async () => {
    const stream = await grow(1);
    await client.tombstoneStream(stream);
    expect(await heard(client.subscribeToStream(stream, { fromRevision: END }), 2)).toEqual([
      'confirmation',
      'caughtUp',
    ]);
  });

  test('an unfiltered subscription to $all sees system events, a filtered one what it asks for', async () => {
    const stream = await grow(1);
    const { position } = await client.appendToStream(stream, sample());
    await client.setStreamMetadata(stream, { maxCount: 7 });
    expect(await heard(client.subscribeToAll({ fromPosition: position! }), 3)).toEqual([
      'confirmation',
      '$metadata',
      'caughtUp',
    ]);
    const regex = client.subscribeToAll({ fromPosition: position!, filter: eventTypeFilter({ regex: '^\\$meta' }) });
    expect(await heard(regex, 3)).toEqual(['confirmation', '$metadata', 'caughtUp']);
    const prefix = client.subscribeToAll({
      fromPosition: position!,
      filter: eventTypeFilter({ prefixes: ['Sample'] }),
    });
    expect(await heard(prefix, 2)).toEqual(['confirmation', 'caughtUp']);
  });

  test('many who follow one stream all hear of it', async () => {
    const stream = streamName('many');
    const all = Array.from({ length: 30 }, () => heard(client.subscribeToStream(stream), 4));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.appendToStream(stream, samples(2));
    for (const said of await Promise.all(all)) expect(said).toEqual(['confirmation', 0, 1, 'caughtUp']);
  });
});
