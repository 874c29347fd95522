// Fills a folder with whole cases through the engine's own executor: `dataset.js <folder> <cases>`. Ten to eleven events each.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { CASE_COMMANDS, caseAggregate } from '#cases';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { deriveId, isRefusal, newId, plusMs, TestClock } from '#kernel';
import { groupPack } from '#policy';
import { loadMasterKey, openEmbeddedVault } from '#privacy/embedded';
import { ACTORS, life, pick } from './life.js';

const [folder, count] = [process.argv[2]!, Number(process.argv[3])];
const LANES = 128;
async function fill(): Promise<void> {
  const store = await openEmbeddedEventStore({ folder });
  const vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }), pool: true });
  const clock = new TestClock('2026-01-05T01:00:00.000Z');
  const policy = groupPack();
  const executor = new CommandExecutor(caseAggregate, {
    store,
    vault,
    clock,
    policyFor: () => ({ pack: policy.id, version: policy.version, policy }),
  });
  const definitions = new Map(CASE_COMMANDS.map((definition) => [definition.name as string, definition]));
  let next = 0;
  let events = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      if (n % 1000 === 0) clock.moveTo(plusMs(clock.now(), 3_600_000));
      for (const [step, [name, body]] of life(n).entries()) {
        const { command, decide } = definitions.get(name)!;
        const id = deriveId(Buffer.from('bench'), String(n));
        const request = {
          id,
          create: step === 0,
          commandId: newId(),
          digest: 'bench',
          actor: pick(ACTORS, n),
          correlationId: id,
        };
        const outcome = await executor.execute({ ...request, decide, command: plainToInstance(command, body) });
        if (isRefusal(outcome)) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
        if (step === life(n).length - 1) events += outcome.revision + 1;
      }
      if (n % 20_000 === 0 && n > 0) console.log(`${n} cases`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await store.close();
  await vault.close();
  writeFileSync(join(folder, 'dataset.json'), JSON.stringify({ cases: count, events }));
}

if (!existsSync(join(folder, 'dataset.json'))) await fill();
console.log('{}');
