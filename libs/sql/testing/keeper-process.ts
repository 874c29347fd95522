// Keeps a share of the test projections in PostgreSQL as a process of its own, over the log in a folder: `keeper-process.js
// <folder> <url>`. Messages: `look` when the log has grown (it is another process's), `stop` to hand over and end. It says
// `started`.
import { openEmbeddedEventReader } from '#event-store/embedded';
import { openEmbeddedVault } from '#privacy/embedded';
import { openWriter } from '../place.js';
import { ProjectionRunner } from '../projections/runner.js';
import { announcing, tellStatus } from '../keeping/shared-views.js';
import { MASTER_KEY } from './test-log.js';
import { notes, total } from './test-projections.js';

const [folder, url] = process.argv.slice(2) as [string, string];
const reader = await openEmbeddedEventReader({ folder });
const vault = await openEmbeddedVault({ folder, masterKey: MASTER_KEY });
const writer = announcing(openWriter({ url }));
let telling: Promise<void> | undefined;
const runner: ProjectionRunner = new ProjectionRunner({
  reader,
  vault,
  writer,
  projections: [notes(), total],
  upcasts: {},
  nowMs: Date.now,
  onLost: () => undefined,
  onStep: () => void (telling ??= say()),
  log: {
    info: () => undefined,
    error: (facts, message) => process.stderr.write(`${message} ${JSON.stringify(facts)}\n`),
  },
  batchEvents: 50,
  coldBatchEvents: 200,
  beatMs: 250,
});

process.on('message', (order) => {
  if (order === 'look') reader.notify();
  else void stop();
});
process.on('disconnect', () => process.exit());
await runner.start();
process.send!('started');

async function say(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  telling = undefined;
  await tellStatus(writer, await runner.status()).catch(() => undefined);
}

async function stop(): Promise<void> {
  await runner.stop();
  process.exit();
}
