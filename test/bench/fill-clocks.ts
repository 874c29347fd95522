// Fills a folder with cases that have two running clocks each: `fill-clocks.js <folder> <cases> <first recorded at> <apart in ms>`.
import { plainToInstance } from 'class-transformer';
import { caseAggregate, ReceiveCase, receiveCase } from '#cases';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { isRefusal, newId, plusMs, TestClock } from '#kernel';
import { groupPack } from '#policy';
import { loadMasterKey, openEmbeddedVault } from '#privacy/embedded';
import { ACTORS, pick } from './life.js';

const [folder, count, from, apartMs] = [
  process.argv[2]!,
  Number(process.argv[3]),
  process.argv[4]!,
  Number(process.argv[5]),
];
const LANES = 128;

const store = await openEmbeddedEventStore({ folder });
const vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }), pool: true });
const clock = new TestClock(from);
const policy = groupPack();
const ruling = { pack: policy.id, version: policy.version, policy };
const executor = new CommandExecutor(caseAggregate, { store, vault, clock, policyFor: () => ruling });
const command = plainToInstance(ReceiveCase, {
  kind: 'complaint',
  channel: 'phone',
  content: 'The lift stands still.',
});

let next = 0;
const lane = async (): Promise<void> => {
  for (let n = next++; n < count; n = next++) {
    const at = plusMs(from, Math.floor(n * apartMs));
    if (at > clock.now()) clock.moveTo(at);
    const id = newId();
    const actor = pick(ACTORS, n);
    const request = { id, create: true, commandId: newId(), digest: 'bench', actor, correlationId: id };
    const outcome = await executor.execute({ ...request, decide: receiveCase, command });
    if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome));
  }
};
await Promise.all(Array.from({ length: LANES }, lane));
await store.close();
await vault.close();
console.log('{}');
