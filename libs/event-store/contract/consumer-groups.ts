import { afterEach, expect, test } from '@jest/globals';
import type { ConsumeOptions, GroupConsumer, GroupEvent, GroupInfo, GroupName, NewGroup } from '../consumer-groups.js';
import { event, events, grow, ids, refusal, streamName, type StoreUnderTest } from './samples.js';

/** What somebody of a group works on; by default it is acknowledged. */
class Worker {
  private readonly events: AsyncIterator<GroupEvent>;

  constructor(readonly consumer: GroupConsumer) {
    this.events = consumer[Symbol.asyncIterator]();
  }

  async take(count: number, each: (event: GroupEvent) => void = (it) => this.consumer.ack(it)): Promise<GroupEvent[]> {
    const taken: GroupEvent[] = [];
    while (taken.length < count) {
      const { done, value } = await this.events.next();
      if (done === true) throw new Error('the consumer ended');
      each(value);
      taken.push(value);
    }
    return taken;
  }

  /** Takes what comes until the consumer is closed. */
  async work(each: (event: GroupEvent) => void): Promise<void> {
    for (let next = await this.events.next(); next.done !== true; next = await this.events.next()) each(next.value);
  }
}

const revisionsOf = (taken: readonly GroupEvent[]): number[] =>
  taken.map(({ event: { revision } }) => Number(revision));
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
/** A checkpoint with every event, so that a restart goes on exactly. */
const EAGER = { checkpointAfterMs: 1, minCheckpointCount: 1, maxCheckpointCount: 1 };

/** EVENT_STORE.md 20. */
export function consumerGroupsContract(under: StoreUnderTest): void {
  const workers: Worker[] = [];
  afterEach(async () => {
    for (const { consumer } of workers.splice(0)) await consumer.close();
  });

  const groups = () => under.store.consumerGroups;
  const consume = (group: GroupName, options: ConsumeOptions = {}): Worker => {
    const worker = new Worker(groups().consume(group, options));
    workers.push(worker);
    return worker;
  };
  const create = async (group: Partial<NewGroup> & { stream: string }): Promise<GroupName> => {
    const created = { group: 'g', startFrom: 'start' as const, ...group };
    await groups().create(created);
    return created;
  };
  const until = async (group: GroupName, holds: (info: GroupInfo) => boolean): Promise<GroupInfo> => {
    for (;;) {
      const info = await groups().info(group);
      if (holds(info)) return info;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  test('EVENT_STORE 20: startFrom is inclusive, in a stream and in all', async () => {
    const stream = await grow(under.store, 4);
    expect(revisionsOf(await consume(await create({ stream, startFrom: 2n })).take(2))).toEqual([2, 3]);
    const fromStart = await create({ stream, group: 'whole' });
    expect(revisionsOf(await consume(fromStart).take(4))).toEqual([0, 1, 2, 3]);
    const { position } = (await under.store.readStream(stream, { from: 1n, maxCount: 1 }))[0]!;
    const filter = { on: 'stream' as const, prefixes: [stream] };
    const inAll = await create({ stream: '$all', group: stream, startFrom: position, filter });
    expect(revisionsOf(await consume(inAll).take(3))).toEqual([1, 2, 3]);
    const fromEnd = await create({ stream, group: 'end', startFrom: 'end' });
    const waiting = consume(fromEnd).take(1);
    await until(fromEnd, ({ consumers }) => consumers.length === 1);
    await under.store.append(stream, 3n, [event()]);
    expect(revisionsOf(await waiting)).toEqual([4]);
  });

  test('EVENT_STORE 20: three who compete get each event, and each event once where all is acknowledged', async () => {
    const stream = streamName();
    const group = await create({ stream });
    const [seen, by] = [[] as string[], new Map<Worker, number>()];
    const team = [1, 2, 3].map(() => consume(group, { bufferSize: 4 }));
    const working = team.map((worker) =>
      worker.work((it) => {
        seen.push(it.event.id);
        by.set(worker, (by.get(worker) ?? 0) + 1);
        worker.consumer.ack(it);
      }),
    );
    await until(group, ({ consumers }) => consumers.length === 3);
    const sent = events(90);
    for (let at = 0; at < 90; at += 30) await under.store.append(stream, 'any', sent.slice(at, at + 30));
    const info = await until(group, ({ delivered, inFlight, waiting }) => delivered >= 90 && inFlight + waiting === 0);
    for (const { consumer } of team) await consumer.close();
    await Promise.all(working);
    expect([...seen].sort()).toEqual(ids(sent).sort());
    expect(info.delivered).toBe(90);
    expect([...by.values()].every((count) => count > 0)).toBe(true);
    expect(by.size).toBe(3);
  });

  test('EVENT_STORE 20: no more is in flight than a consumer has room for', async () => {
    const stream = await grow(under.store, 9);
    const group = await create({ stream });
    const worker = consume(group, { bufferSize: 3, name: 'narrow' });
    const taken = await worker.take(3, () => undefined);
    const { consumers, inFlight } = await groups().info(group);
    expect(consumers).toMatchObject([{ connectionName: 'narrow', inFlight: 3, freeSlots: 0, delivered: 3 }]);
    expect(inFlight).toBe(3);
    worker.consumer.ack(...taken);
    expect(revisionsOf(await worker.take(6))).toEqual([3, 4, 5, 6, 7, 8]);
  });

  test('EVENT_STORE 20: retry comes again and is counted, skip is settled, park is put aside until it is replayed', async () => {
    const stream = await grow(under.store, 3);
    const group = await create({ stream });
    const worker = consume(group, { bufferSize: 1 });
    const actions = ['retry', 'retry', 'skip', 'park'] as const;
    let at = 0;
    const taken = await worker.take(5, (it) => {
      const action = actions[at++];
      if (action === undefined) worker.consumer.ack(it);
      else worker.consumer.nack(action, `because of ${action}`, it);
    });
    expect(taken.map(({ event: { revision }, retryCount }) => [Number(revision), retryCount])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [2, 0],
    ]);
    await until(group, ({ parked }) => parked === 1);
    await groups().replayParked(group);
    expect(revisionsOf(await worker.take(1))).toEqual([1]);
    await until(group, ({ parked, inFlight }) => parked + inFlight === 0);
  });

  test('EVENT_STORE 20: what is not settled in time comes again, and is parked when it came too often', async () => {
    const stream = await grow(under.store, 1);
    const group = await create({ stream, settings: { messageTimeoutMs: 50, maxRetryCount: 1 } });
    const taken = await consume(group).take(2, () => undefined);
    expect(taken.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
    await until(group, ({ parked, inFlight }) => parked === 1 && inFlight === 0);
  });

  test('EVENT_STORE 20: what was in hand when a consumer stops goes to others', async () => {
    const stream = await grow(under.store, 8);
    const group = await create({ stream });
    const leaving = consume(group, { bufferSize: 4 });
    const taken = await leaving.take(4, () => undefined);
    leaving.consumer.ack(taken[0]!);
    await leaving.consumer.close();
    const rest = await consume(group).take(7);
    expect(sorted(revisionsOf(rest))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const again = rest.filter(({ retryCount }) => retryCount > 0);
    expect(revisionsOf(again)).toEqual(expect.arrayContaining([1, 2, 3]));
  });

  test('EVENT_STORE 20: deleting a group ends its consumers and forgets how far it came and what it parked', async () => {
    const stream = await grow(under.store, 3);
    const group = await create({ stream, settings: EAGER });
    const worker = consume(group);
    await worker.take(3, (it) =>
      it.event.revision === 1n ? worker.consumer.nack('park', '', it) : worker.consumer.ack(it),
    );
    await until(group, ({ parked, checkpoint }) => parked === 1 && checkpoint !== undefined);
    const next = worker.take(1);
    await groups().delete(group);
    expect(await refusal(next)).toEqual({ code: 'GROUP_NOT_FOUND', stream });
    await create({ stream });
    expect(await groups().info(group)).toMatchObject({ parked: 0, checkpoint: undefined });
    expect(revisionsOf(await consume(group).take(3))).toEqual([0, 1, 2]);
  });

  test('EVENT_STORE 20: in all, by the beginning of a stream’s name, of a type, or by an expression', async () => {
    const run = streamName('group');
    const type = `Type${run.slice(-12)}`;
    await under.store.append(`${run}-a`, 'no_stream', [event({ type: `${type}A` }), event({ type: `${type}B` })]);
    await under.store.append(`${run}-b`, 'no_stream', [event({ type: `${type}A` })]);
    const types = async (group: string, count: number, filter: NewGroup['filter']) => {
      const named = await create({ stream: '$all', group: `${run}-${group}`, filter: filter! });
      const taken = await consume(named).take(count);
      return taken.map(({ event: { stream, type: its } }) => `${stream.slice(-1)}${its.slice(-1)}`);
    };
    expect(await types('stream', 2, { on: 'stream', prefixes: [`${run}-a`] })).toEqual(['aA', 'aB']);
    expect(await types('type', 2, { on: 'type', prefixes: [`${type}A`, 'Nothing'] })).toEqual(['aA', 'bA']);
    expect(await types('regex', 1, { on: 'type', regex: `^${type}B$` })).toEqual(['aB']);
  });

  test('EVENT_STORE 20: a change of settings does not end a consumer, and the group goes on from its checkpoint', async () => {
    const stream = await grow(under.store, 6);
    const group = await create({ stream, settings: EAGER });
    const worker = consume(group, { bufferSize: 1 });
    expect(revisionsOf(await worker.take(3))).toEqual([0, 1, 2]);
    await until(group, ({ inFlight, checkpoint }) => inFlight === 1 && checkpoint === 2n);
    await groups().update({ ...group, startFrom: 'start', settings: { ...EAGER, maxRetryCount: 77 } });
    // One event was on its way to it when the group was changed.
    const rest = new Set<number>();
    while (rest.size < 3) for (const revision of revisionsOf(await worker.take(1))) rest.add(revision);
    expect(sorted([...rest])).toEqual([3, 4, 5]);
    expect((await groups().info(group)).settings.maxRetryCount).toBe(77);
  });

  test('EVENT_STORE 20: after a restart a group goes on: nothing is lost, and what was settled is settled', async () => {
    const stream = await grow(under.store, 12);
    const group = await create({ stream, settings: EAGER });
    const worker = consume(group, { bufferSize: 2 });
    const before = await worker.take(6, (it) =>
      it.event.revision === 2n ? worker.consumer.nack('park', 'later', it) : worker.consumer.ack(it),
    );
    expect(revisionsOf(before)).toEqual(upTo(6));
    await until(group, ({ parked }) => parked === 1);
    await under.reopen();
    const rest = await consume(group).take(6);
    expect(sorted(revisionsOf(rest))).toEqual([6, 7, 8, 9, 10, 11]);
    expect(await groups().info(group)).toMatchObject({ parked: 1 });
  });

  test('EVENT_STORE 20: groups are listed, of a stream and all together, with what they are and how far they came', async () => {
    const stream = await grow(under.store, 5);
    const settings = { strategy: 'Pinned' as const, maxSubscriberCount: 2, messageTimeoutMs: 5_000 };
    await create({ stream, group: 'one', startFrom: 1n, settings });
    await create({ stream, group: 'two', startFrom: 'end' });
    const listed = await groups().list(stream);
    expect(listed).toMatchObject([
      { stream, group: 'one', startFrom: 1n, settings, consumers: [], delivered: 0, parked: 0, inFlight: 0 },
      { stream, group: 'two', startFrom: 'end', settings: { strategy: 'RoundRobin', maxRetryCount: 10 } },
    ]);
    expect(await groups().list()).toEqual(expect.arrayContaining(listed as GroupInfo[]));
    expect(await groups().list(streamName())).toEqual([]);
    await consume(listed[0]!).take(4);
    expect((await until(listed[0]!, ({ inFlight }) => inFlight === 0)).read).toBe(4n);
  });

  test('EVENT_STORE 20: what cannot be done says why', async () => {
    const stream = await grow(under.store, 1);
    const group = await create({ stream, settings: { maxSubscriberCount: 1 } });
    expect(await refusal(create({ stream }))).toEqual({ code: 'GROUP_EXISTS', stream });
    const missing = { stream, group: 'missing' };
    for (const work of [
      groups().info(missing),
      groups().update({ ...missing, startFrom: 'start' }),
      groups().delete(missing),
      groups().replayParked(missing),
      consume(missing).take(1),
    ]) {
      expect(await refusal(work)).toEqual({ code: 'GROUP_NOT_FOUND', stream });
    }
    await consume(group).take(1);
    expect(await refusal(consume(group).take(1))).toEqual({ code: 'GROUP_FULL', stream });
    const impossible = { readBatchSize: 500, historyBufferSize: 500 };
    expect(await refusal(create({ stream, group: 'h', settings: impossible }))).toMatchObject({
      code: 'GROUP_REFUSED',
    });
    expect(() => groups().consume(group, { bufferSize: 0 })).toThrow('takes none');
    const filter = { on: 'type' as const, prefixes: ['A'] };
    expect(await refusal(create({ stream, group: 'h', filter }))).toEqual({ code: 'INVALID_ARGUMENT' });
    await under.store.tombstoneStream(stream, 'any');
    expect(await refusal(create({ stream, group: 'late' }))).toEqual({ code: 'STREAM_DELETED', stream });
    await groups().update({ ...group, startFrom: 'start' });
    expect(await refusal(consume(group).take(1))).toEqual({ code: 'STREAM_DELETED', stream });
  });
}
