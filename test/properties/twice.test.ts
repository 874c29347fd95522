import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifyChain } from '#audit';
import { caseAggregate, caseCommand, caseStream } from '#cases';
import { lives, MONDAY, stepOf, type Draw } from '#cases/testing';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor, SETTLEMENT, type Executed } from '#execution';
import { decodeEvent, newId, plusMs, TestClock, type Refusal } from '#kernel';
import { groupPack } from '#policy';
import { openEmbeddedVault } from '#privacy/embedded';

/** 1,000 in CI; more by PROPERTY_RUNS. */
const LIVES = Number(process.env.PROPERTY_RUNS ?? 1000);
const AT_ONCE = 64;

type Answer = Executed | Refusal;

test('EVENTS 2: whatever case commands are sent, each sent twice has one effect, on the real store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-twice-'));
  const store = await openEmbeddedEventStore({ folder });
  const vault = await openEmbeddedVault({ folder, masterKey: randomBytes(32), pool: true });
  const policy = groupPack();
  const ruling = { pack: policy.id, version: policy.version, policy };
  let repeated = 0;

  /** Every command is sent again at once or at the end, by an executor that has or has not seen it. */
  async function liveTwice(draws: readonly Draw[]): Promise<void> {
    const id = newId();
    const clock = new TestClock(MONDAY);
    const newExecutor = () => new CommandExecutor(caseAggregate, { store, vault, clock, policyFor: () => ruling });
    const executor = newExecutor();
    const again: { send: (by: typeof executor) => Promise<Answer>; outcome: { first: Answer; wrote: boolean } }[] = [];
    for (const [index, draw] of draws.entries()) {
      clock.moveTo(plusMs(clock.now(), draw.gapMs));
      const before = await executor.load(id);
      const state = before?.state ?? caseAggregate.initial;
      const { name, command, actor } = stepOf(draw, state, clock.now());
      // Its bytes lie in a store of their own, under a key that comes with them.
      if (name === 'AddAttachment') continue;
      const create = state.phase === 'none';
      const request = { id, create, decide: caseCommand(name).decide, command, actor, correlationId: id };
      const send = (by: typeof executor) => by.execute({ ...request, commandId: `${index}`, digest: name });
      const first = await send(executor);
      const outcome = { first, wrote: (await executor.load(id))?.head.commands.has(`${index}`) === true };
      if (draw.pick % 2 === 0) sameOutcome(await send(executor), outcome);
      else if (outcome.wrote) again.push({ send, outcome });
    }
    const stranger = newExecutor();
    for (const { send, outcome } of again) sameOutcome(await send(stranger), outcome);
    if ((await executor.load(id)) !== undefined) await check(id);
  }

  function sameOutcome(second: Answer, { first, wrote }: { first: Answer; wrote: boolean }): void {
    if ('refused' in first) return expect(second).toEqual(first);
    if (wrote) repeated++;
    // What wrote nothing of its own left nothing to recognise it by: it is decided anew, with the same outcome.
    expect(second).toMatchObject({ ...first, repeated: wrote });
  }

  /** Each command's events stand together, once; the chain holds. */
  async function check(id: string): Promise<void> {
    const stored = await store.readStream(caseStream(id));
    expect(verifyChain(stored)).toMatchObject({ faults: [], foreign: [] });
    const commands = stored
      .map((event) => decodeEvent(event, caseAggregate.upcasts)!.meta.command.id)
      .filter((command) => command !== SETTLEMENT);
    const runs = commands.filter((command, index) => command !== commands[index - 1]);
    expect(runs).toEqual([...new Set(commands)]);
  }

  const drawn = fc.sample(lives(24), LIVES);
  const lane = async (): Promise<void> => {
    for (let draws = drawn.pop(); draws !== undefined; draws = drawn.pop()) await liveTwice(draws);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } finally {
    await store.close();
    await vault.close();
    rmSync(folder, { recursive: true, force: true });
  }
  expect(repeated).toBeGreaterThan(LIVES);
}, 3_600_000);
