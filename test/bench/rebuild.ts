// Builds all views of a folder from nothing in a process of its own, by the projector as the engine runs it:
// `rebuild.js <folder> [<PostgreSQL that keeps the views>]`.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { loadMasterKey } from '#privacy/embedded';
import { startProjector } from '../../apps/worker/projector.js';

const FOREVER_MS = 2 ** 31 - 1;
const folder = process.argv[2]!;
const databaseUrl = process.argv[3];
for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `views.db${suffix}`), { force: true });

const reader = await openEmbeddedEventReader({ folder });
const head = (await reader.head())!;
await reader.close();

const from = performance.now();
const fromCpu = process.cpuUsage();
const projector = await startProjector({
  folder,
  databaseUrl,
  masterKey: loadMasterKey({ folder }),
  log: { info: () => undefined, error: (facts, message) => console.log(message, facts) },
  onLost: (lost) => console.log(`key lost: ${lost.keyId}`),
});
await projector.waitFor(head, FOREVER_MS);
const ms = performance.now() - from;
const cpu = process.cpuUsage(fromCpu);
await projector.stop();
const cpuMs = (cpu.user + cpu.system) / 1000;
// maxRSS is in kibibytes and counts all threads.
console.log(JSON.stringify({ ms, cpuMs, rssMb: process.resourceUsage().maxRSS / 1024 }));
