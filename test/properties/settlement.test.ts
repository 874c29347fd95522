import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SettleDue, type DueEntry } from '#automations';
import { caseAggregate, caseCommand, nextDue, settleCase, SettleCase, type RecordedCaseEvent } from '#cases';
import { lives, MONDAY, richPack, stepOf, type Draw } from '#cases/testing';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { decodeEvent, ENGINE, isRefusal, newId, plusMs, TestClock, type Instant } from '#kernel';
import { loadPack, type Policy } from '#policy';
import { openEmbeddedVault } from '#privacy/embedded';
import { settledUpTo } from '../../libs/views/case-replay/index.js';

/** A few hundred in CI; more by PROPERTY_RUNS. */
const LIVES = Number(process.env.PROPERTY_RUNS ?? 300);
const AT_ONCE = 32;
/** When every clock has run down. */
const END: Instant = '2030-01-01T00:00:00.000Z';

let folder: string;
let store: Awaited<ReturnType<typeof openEmbeddedEventStore>>;
let vault: Awaited<ReturnType<typeof openEmbeddedVault>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-settlement-'));
  store = await openEmbeddedEventStore({ folder });
  vault = await openEmbeddedVault({ folder, masterKey: randomBytes(32), pool: true });
});

afterAll(async () => {
  await store.close();
  await vault.close();
  rmSync(folder, { recursive: true, force: true });
});

const executorOn = (clock: TestClock, policy: Policy, on = store) =>
  new CommandExecutor(caseAggregate, {
    store: on,
    vault,
    clock,
    policyFor: () => ({ pack: policy.id, version: policy.version, policy }),
  });

const settling = (id: string) => ({
  id,
  decide: settleCase,
  command: new SettleCase(),
  commandId: newId(),
  digest: '',
  actor: ENGINE,
  correlationId: `case-${id}`,
});

/** A case on the real store, with a timer that looks at it now and then, or with none. */
class Lived {
  readonly id = newId();
  readonly clock = new TestClock(MONDAY);
  readonly executor = executorOn(this.clock, richPack);
  private readonly timer = new SettleDue({
    clock: this.clock,
    nextDue: async (from) => (await this.due()).find(({ at }) => at >= from)?.at,
    dueBefore: async (instant) => (await this.due()).filter(({ at }) => at < instant),
    settle: async (caseId) => {
      await rest(this.lag());
      const outcome = await this.executor.execute(settling(caseId));
      return isRefusal(outcome) ? 'failed' : 'settled';
    },
  });

  /** @param lag how many turns of the event loop a settlement comes late, drawn anew each time; undefined: no timer */
  constructor(private readonly lag: () => number = () => 0) {}

  private async due(): Promise<DueEntry[]> {
    const folded = await this.executor.load(this.id);
    const due = folded && nextDue(folded.state);
    return due === undefined ? [] : [{ caseId: this.id, at: due.at, seq: 0 }];
  }

  /** Time goes on in leaps, at each of which the timer may look; it may or may not be done before the next command. */
  async pass(gapMs: number, leaps: readonly number[]): Promise<void> {
    const until = plusMs(this.clock.now(), gapMs);
    for (const part of [...leaps].sort((a, b) => a - b)) {
      const at = plusMs(until, -Math.round(gapMs * (1 - part)));
      if (at > this.clock.now()) this.clock.moveTo(at);
      this.timer.arm();
      await rest(this.lag());
    }
    if (until > this.clock.now()) this.clock.moveTo(until);
  }

  async send(draw: Draw, commandId: string): Promise<void> {
    const recorded = (await this.executor.load(this.id))?.state ?? caseAggregate.initial;
    // Who sends it sees the case settled up to now, timer or no timer (EVENTS.md 17).
    const state = settledUpTo(recorded, this.clock.now(), richPack);
    const { name, command, actor } = stepOf(draw, state, this.clock.now());
    // An escalation that is only imagined has no id yet by which it could be acknowledged.
    if (name === 'AddAttachment' || name === 'AcknowledgeEscalation') return;
    const create = state.phase === 'none';
    const request = { id: this.id, create, decide: caseCommand(name).decide, command, actor, correlationId: 'x' };
    await this.executor.execute({ ...request, commandId, digest: name });
  }

  async end(): Promise<void> {
    await this.timer.stop();
    if (END > this.clock.now()) this.clock.moveTo(END);
    if ((await this.executor.load(this.id)) !== undefined) await this.executor.execute(settling(this.id));
  }

  async events(): Promise<RecordedCaseEvent[]> {
    if ((await this.executor.load(this.id)) === undefined) return [];
    const stored = await store.readStream(`case-${this.id}`);
    return stored.map((event) => decodeEvent(event, {}) as RecordedCaseEvent);
  }
}

async function rest(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An event without what differs by nature: random ids, and when it was written down. */
function whatHappened({ type, data, revision, meta }: RecordedCaseEvent): unknown {
  const plain = JSON.stringify(data).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
  return [revision, type, plain, meta.occurredAt, meta.actor.id, meta.command.id, meta.policy];
}

test('EVENTS 12: on the real store, timers that come at random moments, late, or never leave the same events', async () => {
  const leaps = fc.infiniteStream(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }));
  const lags = fc.infiniteStream(fc.nat({ max: 12 }));
  let settledByTimer = 0;
  const live = async (draws: readonly Draw[], moments: Iterator<number[]>, late: Iterator<number>): Promise<void> => {
    const [without, withTimer] = [new Lived(), new Lived(() => late.next().value as number)];
    for (const [index, draw] of draws.entries()) {
      await without.pass(draw.gapMs, []);
      await withTimer.pass(draw.gapMs, moments.next().value as number[]);
      await without.send(draw, `${index}`);
      await withTimer.send(draw, `${index}`);
    }
    await without.end();
    await withTimer.end();
    const [expected, events] = [await without.events(), await withTimer.events()];
    expect(events.map(whatHappened)).toEqual(expected.map(whatHappened));
    settledByTimer += events.filter(({ meta }, n) => meta.recordedAt !== expected[n]!.meta.recordedAt).length;
  };
  const samples = fc.sample(fc.tuple(lives(), leaps, lags), LIVES);
  for (let from = 0; from < samples.length; from += AT_ONCE) {
    const batch = samples.slice(from, from + AT_ONCE);
    await Promise.all(batch.map(([draws, moments, late]) => live(draws, moments, late)));
  }
  // The timer did come first, often.
  expect(settledByTimer).toBeGreaterThan(LIVES / 4);
}, 600_000);

const EVERY_MINUTE = `
id: minute
version: '1'
name: { zh: x, en: x }
categories: [{ id: other, label: { zh: x, en: x } }]
severities: []
clocks:
  - id: minute
    label: { zh: x, en: x }
    countsFrom: event
    budget: 1m
    startsOn: [{ event: CaseReceived }]
    restartsOn: [{ event: DeadlineMissed, when: event.clock == "minute" && event.run < 5000 }]
    metBy: [{ event: ReplyGiven }]
    source: '·'

compensation: { currency: CNY, matrix: [{ id: any, approverRole: supervisor, source: '·' }] }
`;

test('EVENTS 13: more settlement than one append takes goes on in the next ones, each of which is written once', async () => {
  const clock = new TestClock(MONDAY);
  const sizes: number[] = [];
  const append: typeof store.append = (stream, revision, events) => {
    sizes.push(events.length);
    return store.append(stream, revision, events);
  };
  const counted = Object.assign(Object.create(store) as typeof store, { append });
  const executor = executorOn(clock, loadPack(EVERY_MINUTE, 'minute.yaml'), counted);
  const id = newId();
  const { decide, command } = caseCommand('ReceiveCase');
  const received = Object.assign(new command(), { kind: 'complaint', channel: 'phone', content: 'x' });
  const origin = { id, digest: '', actor: { id: 'wang', role: 'agent' as const }, correlationId: 'x' };
  await executor.execute({ ...origin, create: true, decide, command: received, commandId: 'first' });
  clock.advance(1_200 * 60_000 + 1);
  expect(isRefusal(await executor.execute(settling(id)))).toBe(false);
  const runs = (await executor.load(id))!.state.clocks;
  expect(runs.filter(({ state }) => state === 'missed')).toHaveLength(1_200);
  expect(runs.at(-1)).toMatchObject({ run: 1_201, state: 'running', dueAt: plusMs(MONDAY, 1_201 * 60_000) });
  // Missing one sets the next: two events each.
  expect(sizes).toEqual([2, 1_000, 1_000, 400]);
}, 240_000);
