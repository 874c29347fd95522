import { mkdtempSync, rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { caseStream } from '#cases';
import { customerStream, recordMilestone, registerCustomer, correctMilestone, settleCustomer } from '#customers';
import type { Executed } from '#execution';
import { decodeEvent, ENGINE, isRefusal, newId, plusMs } from '#kernel';
import { CustomerReading } from '../../apps/api/customers/reading.js';
import { routineVisits } from '../../apps/api/automations/visits.js';
import { Engine } from '../../apps/api/engine/engine.js';
import { readSettings } from '../../apps/api/start-up/settings.js';
import { Telemetry } from '../../apps/api/telemetry.js';
import { eraseCustomer } from '../support/erasing.js';
import { Random } from '../support/random.js';

const START = '2026-01-05T01:00:00.000Z';
const DAY_MS = 86_400_000;
const CUSTOMERS = 6;
const SEED = 20261125;

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-visits-'));
  // Nothing happens by itself: the test runs the automations, and lets them crash.
  const settings = readSettings({ REDRESS_DATA: folder, REDRESS_TEST_CLOCK: START, REDRESS_PROJECTIONS: 'pause' });
  engine = await Engine.open(settings, {
    logger: pino({ level: 'silent' }),
    telemetry: new Telemetry(),
    notify: false,
  });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const from = (id: string) => ({
  ...{ id, commandId: newId(), digest: '', correlationId: id },
  actor: { id: 'wang', role: 'administrator' as const },
});

/** As the timer does. */
const settle = (id: string): Promise<unknown> =>
  taken(engine.customers.execute({ ...from(id), actor: ENGINE, decide: settleCustomer, command: {} }));

async function taken<T extends object>(outcome: Promise<T>): Promise<T> {
  const answer = await outcome;
  if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

async function typesOf(stream: string): Promise<readonly string[]> {
  return (await engine.store.readStream(stream)).flatMap((event) => decodeEvent(event, {})?.type ?? []);
}

/** An engine of which one write in ten fails, before or after it had its effect, as a crash leaves it. */
function crashing(random: Random): Engine {
  const faulty = <T extends { execute(request: never): Promise<unknown> }>(executor: T): T => {
    const execute = async (request: never): Promise<unknown> => {
      const luck = random.next();
      if (luck < 0.05) throw new Error('crashed before it was written');
      const outcome = await executor.execute(request);
      if (luck < 0.1) throw new Error('crashed after it was written');
      return outcome;
    };
    return new Proxy(executor, {
      get: (target, name) => (name === 'execute' ? execute : (Reflect.get(target, name) as unknown)),
    });
  };
  const parts = { executor: faulty(engine.executor), customers: faulty(engine.customers) };
  return new Proxy(engine, {
    get: (target, name) =>
      name in parts ? parts[name as keyof typeof parts] : (Reflect.get(target, name, target) as unknown),
  });
}

/** Starts it again and again, from the beginning of the log each time, until one run saw the whole log without a crash. */
async function runThroughCrashes(done: () => Promise<boolean>): Promise<number> {
  const random = new Random(SEED);
  let crashes = 0;
  for (;;) {
    rmSync(join(folder, 'visits.checkpoint'), { force: true });
    let crashed: () => void = () => undefined;
    const failed = new Promise<'crashed'>((resolve) => (crashed = () => resolve('crashed')));
    const follower = routineVisits(crashing(random), { onFailure: crashed });
    follower.start();
    let outcome: 'crashed' | 'done' | 'going on';
    do {
      await nextTurn();
      outcome = await Promise.race([failed, done().then((it) => (it ? ('done' as const) : ('going on' as const)))]);
    } while (outcome === 'going on');
    await follower.stop();
    if (outcome === 'done') return crashes;
    crashes += 1;
  }
}

test('V-2: a visit that falls due is opened, and one called off is withdrawn, exactly once, wherever it crashes', async () => {
  const ids = Array.from({ length: CUSTOMERS }, newId);
  const milestones: string[] = [];
  for (const id of ids) {
    const command = { details: { name: '王芳' } };
    await taken(engine.customers.execute({ ...from(id), create: true, decide: registerCustomer, command }));
    const reached = { milestone: 'handed_over' };
    const answer = await taken(engine.customers.execute({ ...from(id), decide: recordMilestone, command: reached }));
    milestones.push(String((answer as Executed).result['milestoneId']));
  }
  engine.time.test!.moveTo(plusMs(engine.clock.now(), DAY_MS));
  for (const id of ids) await settle(id);
  const visits = async () =>
    (await Promise.all(ids.map((id) => engine.customers.state(id)))).flatMap((it) => it!.visits);
  const open = (await visits()).filter(({ state }) => state === 'open');
  expect(open).toHaveLength(2 * CUSTOMERS);
  const isOpened = async ({ visitId }: { visitId: string }) =>
    (await engine.executor.load(visitId))?.state.phase === 'received';
  const allOpened = async () => (await Promise.all(open.map(isOpened))).every(Boolean);
  expect(await runThroughCrashes(allOpened)).toBeGreaterThan(0);

  // One customer was handed over earlier than was said: what is open of it is called off, and counted anew.
  const command = { milestoneId: milestones[0]!, reachedAt: START };
  const corrected = { ...command, reachedAt: plusMs(START, -DAY_MS) };
  await taken(engine.customers.execute({ ...from(ids[0]!), decide: correctMilestone, command: corrected }));
  engine.time.test!.moveTo(plusMs(engine.clock.now(), 1));
  await settle(ids[0]!);
  const cancelled = (await visits()).filter(({ state, opensAt }) => state === 'cancelled' && opensAt === START);
  expect(cancelled).toHaveLength(2);
  const allDone = async () => {
    const ended = await Promise.all(
      cancelled.map(async ({ visitId }) => (await engine.executor.load(visitId))?.state.phase === 'withdrawn'),
    );
    const now = (await visits()).filter(({ state }) => state === 'open');
    return ended.every(Boolean) && (await Promise.all(now.map(isOpened))).every(Boolean);
  };
  await runThroughCrashes(allDone);
  for (const { visitId, state } of await visits()) {
    const count = (type: string, types: readonly string[]): number => types.filter((it) => it === type).length;
    if (state === 'scheduled') {
      expect(await engine.executor.load(visitId)).toBeUndefined();
      continue;
    }
    if (state === 'cancelled' && (await engine.executor.load(visitId)) === undefined) continue;
    const types = await typesOf(caseStream(visitId));
    expect([visitId, count('CaseReceived', types), count('CaseWithdrawn', types)]).toEqual([
      visitId,
      1,
      state === 'cancelled' ? 1 : 0,
    ]);
  }
});

test('C-3, EVENTS 8: a customer who is erased is read as erased, the file’s history stays', async () => {
  const id = newId();
  const command = { details: { name: '李强', phone: '13800138000' }, contacts: [{ name: '陈静' }], tier: 'important' };
  await taken(engine.customers.execute({ ...from(id), create: true, decide: registerCustomer, command }));
  await eraseCustomer({ store: engine.store, vault: engine.vault }, id);
  const file = (await new CustomerReading(engine).file(id, true))!;
  expect(file).toMatchObject({
    erased: true,
    details: { erased: true },
    contacts: [{ details: { value: { name: '陈静' } } }],
  });
  expect(JSON.stringify(file)).not.toMatch(/李强|13800138000/);
  const told = (await new CustomerReading(engine).timeline(id, true))!;
  // Whether the duty of the file was missed before depends on the day of the erasure, which is the real one here.
  const types = told.map((it) => String(it['type'])).filter((type) => !type.startsWith('FileDuty'));
  expect(types).toEqual(['CustomerRegistered', 'TierAssigned', 'ContactAdded', 'SubjectErased']);
  expect(await typesOf(customerStream(id))).toHaveLength(told.length);
});
