import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifyChain } from '#audit';
import { StoreUnavailable, type EventStore, type NewEvent } from '#event-store';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { accept, plusMs, refuse, TestClock, type Decide, type DomainEvent, type Instant } from '#kernel';
import type { Vault } from '#privacy';
import { openEmbeddedVault } from '#privacy/embedded';
import { CommandExecutor, type Aggregate, type Executed } from './index.js';

/** A jar with coins in it that goes stale an hour after it was opened: the least that has a deadline and a consequence. */
type JarEvent =
  | DomainEvent<'JarOpened', { readonly stalesAt: Instant }, 'owner'>
  | DomainEvent<'CoinAdded', { readonly coins: number }>
  | DomainEvent<'JarFull', { readonly coins: number }>
  | DomainEvent<'JarWentStale', { readonly dueAt: Instant }>;
interface Jar {
  readonly coins: number;
  readonly stalesAt?: Instant | undefined;
}

const jars: Aggregate<Jar, JarEvent, null> = {
  category: 'jar',
  initial: { coins: 0 },
  upcasts: {},
  evolve: (jar, { type, data }) => {
    if (type === 'JarOpened') return { ...jar, stalesAt: data.stalesAt };
    if (type === 'CoinAdded') return { ...jar, coins: jar.coins + data.coins };
    return type === 'JarWentStale' ? { ...jar, stalesAt: undefined } : jar;
  },
  settle: ({ stalesAt }, until) =>
    stalesAt !== undefined && stalesAt < until
      ? [{ type: 'JarWentStale', data: { dueAt: stalesAt }, occurredAt: stalesAt }]
      : [],
  follow: ({ coins }, { type }) => (type === 'CoinAdded' && coins >= 10 ? [{ type: 'JarFull', data: { coins } }] : []),
};

const open: Decide<{ owner: string }, Jar, JarEvent, null> = ({ owner }, _jar, { at, newKey }) =>
  accept<JarEvent>([
    {
      type: 'JarOpened',
      data: { stalesAt: plusMs(at, 3_600_000) },
      personal: { owner: { keyId: newKey(), value: owner } },
    },
  ]);
const add: Decide<{ coins: number }, Jar, JarEvent, null> = ({ coins }, jar, { newId }) =>
  coins > 0
    ? accept<JarEvent>([{ type: 'CoinAdded', data: { coins } }], { coin: newId() })
    : refuse('NO_COIN', { inJar: jar.coins });
const settle: Decide<object, Jar, JarEvent, null> = () => accept<JarEvent>([]);

const digestOf = (command: unknown): string =>
  createHmac('sha256', 'test').update(JSON.stringify(command)).digest('hex');
const actor = { id: 'wang', role: 'agent' as const };
const engine = { id: 'engine', role: 'engine' as const };

let folder: string;
let store: EventStore;
let vault: Vault;
let clock: TestClock;
let executor: CommandExecutor<Jar, JarEvent, null>;

const newExecutor = (on: EventStore = store) =>
  new CommandExecutor(jars, {
    store: on,
    vault,
    clock,
    policyFor: () => ({ pack: 'jar', version: '1', policy: null }),
  });

const send = <C>(decide: Decide<C, Jar, JarEvent, null>, command: C, commandId: string, more: object = {}) =>
  executor.execute({
    id: '1',
    decide,
    command,
    commandId,
    digest: digestOf(command),
    actor,
    correlationId: 'c',
    ...more,
  });
const openJar = (commandId = 'open', more: object = {}) =>
  send(open, { owner: 'Wang Li' }, commandId, { create: true, ...more });
const types = async (stream = 'jar-1') => (await store.readStream(stream)).map(({ type }) => type);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-executor-'));
  clock = new TestClock();
  store = await openEmbeddedEventStore({ folder });
  vault = await openEmbeddedVault({ folder, masterKey: randomBytes(32), pool: true });
  executor = newExecutor();
});

afterEach(async () => {
  await store.close();
  await vault.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('EVENTS 2: a command is recognised by the folded state', () => {
  test('the same command again gives the first outcome and writes nothing, also to a new process', async () => {
    await openJar();
    const first = (await send(add, { coins: 10 }, 'ten')) as Executed;
    await send(add, { coins: 1 }, 'one');
    executor = newExecutor();
    const again = (await send(add, { coins: 10 }, 'ten')) as Executed;
    expect(again).toEqual({ ...first, repeated: true });
    expect(first.result.coin).toEqual(expect.any(String));
    expect(await types()).toEqual(['JarOpened', 'CoinAdded', 'JarFull', 'CoinAdded', 'JarFull']);
  });

  test('a process that remembers an older state sees what another one took meanwhile', async () => {
    const shared = Object.assign(Object.create(store) as EventStore, { isShared: true });
    const [ours, theirs] = [newExecutor(shared), newExecutor(shared)];
    executor = ours;
    await openJar();
    executor = theirs;
    const first = (await send(add, { coins: 10 }, 'ten')) as Executed;
    expect((await ours.load('1'))?.head.revision).toBe(first.revision);
    executor = ours;
    expect(await send(add, { coins: 10 }, 'ten')).toEqual({ ...first, repeated: true });
  });

  test('the same id with another body is refused', async () => {
    await openJar();
    await send(add, { coins: 1 }, 'coin');
    expect(await send(add, { coins: 2 }, 'coin')).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('a refusal writes nothing, drops its settlement, and is decided anew', async () => {
    await openJar();
    clock.advance(7_200_000);
    expect(await send(add, { coins: 0 }, 'coin')).toMatchObject({ code: 'NO_COIN' });
    expect(await types()).toEqual(['JarOpened']);
    expect(await send(add, { coins: 3 }, 'coin')).toMatchObject({ repeated: false });
    expect(await types()).toEqual(['JarOpened', 'JarWentStale', 'CoinAdded']);
  });

  test('a command sent by many at once has one effect', async () => {
    await openJar();
    const others = [newExecutor(), newExecutor(), executor];
    const answers = await Promise.all(
      others.flatMap((one) =>
        [1, 2, 3].map(() =>
          one.execute({
            id: '1',
            decide: add,
            command: { coins: 1 },
            commandId: 'coin',
            digest: 'd',
            actor,
            correlationId: 'c',
          }),
        ),
      ),
    );
    expect(new Set(answers.map((answer) => (answer as Executed).revision))).toEqual(new Set([1]));
    expect(await types()).toEqual(['JarOpened', 'CoinAdded']);
  });
});

test('commands of several processes on one stream all land, in some order', async () => {
  await openJar();
  const processes = [newExecutor(), newExecutor(), newExecutor()];
  const all = Array.from({ length: 24 }, (_, n) =>
    processes[n % 3]!.execute({
      id: '1',
      decide: add,
      command: { coins: 1 },
      commandId: `c${n}`,
      digest: '',
      actor,
      correlationId: 'c',
    }),
  );
  for (const answer of await Promise.all(all)) expect(answer).toMatchObject({ repeated: false });
  expect((await newExecutor().load('1'))?.state.coins).toBe(24);
});

describe('EVENTS 12: settle, then decide', () => {
  const events = async () =>
    (await store.readStream('jar-1')).map(({ type, data, metadata }) => {
      const { recordedAt, prev, hash, ...meta } = JSON.parse(Buffer.from(metadata).toString()) as Record<
        string,
        unknown
      >;
      return {
        type,
        data: type === 'JarOpened' ? '' : Buffer.from(data).toString(),
        meta,
        seen: [recordedAt, prev, hash].length,
      };
    });

  test('with a timer or without, the same events follow, the recorded instant aside', async () => {
    await openJar();
    clock.advance(3_600_001);
    await send(settle, {}, 'timer', { actor: engine });
    clock.advance(1_000_000);
    await send(add, { coins: 1 }, 'coin');
    const withTimer = await events();
    await store.tombstoneStream('jar-1', 'any');

    clock = new TestClock();
    const second = new CommandExecutor(jars, {
      store,
      vault,
      clock,
      policyFor: () => ({ pack: 'jar', version: '1', policy: null }),
    });
    const request = { id: '2', actor, correlationId: 'c' };
    await second.execute({
      ...request,
      decide: open,
      command: { owner: 'Wang Li' },
      commandId: 'open',
      create: true,
      digest: 'd',
    });
    clock.advance(4_600_001);
    await second.execute({ ...request, decide: add, command: { coins: 1 }, commandId: 'coin', digest: '{"coins":1}' });
    const stored = await store.readStream('jar-2');
    const without = stored.map(({ type, metadata }) => ({
      type,
      meta: JSON.parse(Buffer.from(metadata).toString()) as Record<string, unknown>,
    }));
    const comparable = ({ type, meta }: { type: string; meta: Record<string, unknown> }) => {
      const {
        actor: who,
        occurredAt,
        command,
      } = meta as { actor: unknown; occurredAt: unknown; command: { id: string } };
      return { type, who, occurredAt, command: command.id };
    };
    expect(without.map(comparable)).toEqual(withTimer.map(comparable));
  });

  test('what happens at the due instant itself is in time', async () => {
    await openJar();
    clock.advance(3_600_000);
    await send(add, { coins: 1 }, 'coin');
    expect(await types()).toEqual(['JarOpened', 'CoinAdded']);
  });

  test("a timer's event does not make a person's edit stale", async () => {
    const opened = (await openJar()) as Executed;
    clock.advance(3_600_001);
    await send(settle, {}, 'timer', { actor: engine });
    expect(await send(add, { coins: 1 }, 'coin', { ifMatch: opened.etag })).toMatchObject({ repeated: false });
    expect(await send(add, { coins: 1 }, 'late', { ifMatch: opened.etag })).toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
  });
});

test('recorded time never falls within a stream, whatever the machine says', async () => {
  clock.advance(50_000);
  await openJar();
  clock = new TestClock();
  executor = newExecutor();
  await send(add, { coins: 1 }, 'coin');
  const recorded = (await store.readStream('jar-1')).map(
    ({ metadata }) => (JSON.parse(Buffer.from(metadata).toString()) as { recordedAt: string }).recordedAt,
  );
  expect(recorded[1]).toBe(recorded[0]);
});

test('EVENTS 3: the chain holds over everything the executor writes, and over a foreign event in between', async () => {
  await openJar();
  await send(add, { coins: 10 }, 'ten');
  const foreign: NewEvent = {
    id: 'f0000000-0000-4000-8000-000000000000',
    type: 'Odd',
    contentType: 'application/json',
    data: Buffer.from('{}'),
    metadata: Buffer.from(''),
  };
  await store.append('jar-1', 'any', [foreign]);
  expect(await send(add, { coins: 1 }, 'one')).toMatchObject({ revision: 5 });
  const report = verifyChain(await store.readStream('jar-1'));
  expect(report).toMatchObject({ faults: [], foreign: [3] });
  expect((await newExecutor().load('1'))?.head).toMatchObject({ hash: report.head, foreign: [3] });
});

test('EVENTS 6: no personal word stands in the stored bytes', async () => {
  await openJar();
  const stored = await store.readStream('jar-1');
  expect(Buffer.concat(stored.flatMap(({ data, metadata }) => [data, metadata])).includes('Wang')).toBe(false);
});

test('EVENTS 2: an append whose answer did not come is sent again with identical bytes', async () => {
  let lost = 0;
  const forgetful = new Proxy(store, {
    get: (target, name) => {
      if (name !== 'append') return Reflect.get(target, name, target) as unknown;
      return async (...args: Parameters<EventStore['append']>) => {
        const result = await target.append(...args);
        if (lost++ === 0) throw new StoreUnavailable('no answer in time', true);
        return result;
      };
    },
  });
  executor = newExecutor(forgetful);
  expect(await openJar()).toMatchObject({ revision: 0, repeated: false });
  expect(await types()).toEqual(['JarOpened']);
});

test('EVENTS 5: a lone surrogate is refused', async () => {
  expect(await send(open, { owner: '\ud800' }, 'open', { create: true })).toMatchObject({ code: 'MALFORMED_TEXT' });
});

test('what is not there is not found; what is there is not made again', async () => {
  expect(await send(add, { coins: 1 }, 'coin')).toMatchObject({ code: 'NOT_FOUND' });
  await openJar();
  expect(await openJar('another')).toMatchObject({ code: 'ALREADY_EXISTS' });
});

test('EVENTS 2: whatever is sent twice, in whatever order, has one effect', async () => {
  let jar = 0;
  const commands = fc.array(
    fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), coins: fc.integer({ min: 0, max: 12 }) }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (sent) => {
      const id = `p${jar++}`;
      const base = { id, actor, correlationId: 'c' };
      await executor.execute({
        ...base,
        decide: open,
        command: { owner: 'x' },
        commandId: 'open',
        digest: '',
        create: true,
      });
      for (const { id: commandId, coins } of [...sent, ...sent]) {
        await executor.execute({ ...base, decide: add, command: { coins }, commandId, digest: String(coins) });
      }
      const first = new Map<string, number>();
      for (const { id: commandId, coins } of sent) if (coins > 0 && !first.has(commandId)) first.set(commandId, coins);
      const expected = [...first.values()].reduce((sum, coins) => sum + coins, 0);
      expect((await newExecutor().load(id))?.state.coins).toBe(expected);
    }),
    { numRuns: 60 },
  );
});
