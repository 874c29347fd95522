// Builds all views of a folder from nothing, in a process of its own: `rebuild.js <folder>`.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { caseAggregate } from '#cases';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { comparePositions } from '#kernel';
import { loadMasterKey, openEmbeddedVault } from '#privacy/embedded';
import { openSqliteWriter, ProjectionRunner } from '#sql';
import { PROJECTIONS } from '#views';

const folder = process.argv[2]!;
const file = join(folder, 'views.db');
for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });

const reader = await openEmbeddedEventReader({ folder });
const vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }) });
const writer = openSqliteWriter({ file });
const head = (await reader.head())!;
const from = performance.now();
const runner = new ProjectionRunner({
  reader,
  vault,
  writer,
  projections: PROJECTIONS,
  upcasts: caseAggregate.upcasts,
  nowMs: Date.now,
  onLost: (lost) => console.log(`key lost: ${lost.keyId}`),
  log: { info: () => undefined, error: (facts, message) => console.log(message, facts) },
});
const done = new Promise<void>((resolve) =>
  runner.listeners.add(({ position }) => comparePositions(position, head) >= 0 && resolve()),
);
await runner.start();
if (comparePositions(runner.reached, head) < 0) await done;
const ms = performance.now() - from;
await runner.stop();
await writer.close();
await vault.close();
await reader.close();
// maxRSS is in kibibytes.
console.log(JSON.stringify({ ms, rssMb: process.resourceUsage().maxRSS / 1024 }));
