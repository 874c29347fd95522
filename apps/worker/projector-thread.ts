import { parentPort, workerData } from 'node:worker_threads';
import { caseAggregate } from '#cases/domain';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { openEmbeddedVault } from '#privacy/embedded';
import { openWriter, ProjectionRunner } from '#sql';
import { projectionsWith } from '#views';
import { failureOf, type Notice, type Order, type ProjectorData } from './messages.js';
import { repeatRules, REPEATS_SECRET } from './repeat-rules.js';
import { StatusReports } from './status-reports.js';

const { folder, masterKey, place, ledgerFile } = workerData as ProjectorData;
const tell = (notice: Notice): void => parentPort!.postMessage(notice);

async function run(): Promise<void> {
  const reader = await openEmbeddedEventReader({ folder });
  const vault = await openEmbeddedVault({
    folder,
    masterKey: Buffer.from(masterKey),
    ...(ledgerFile !== undefined && { ledgerFile }),
  });
  const writer = openWriter(place);
  const closeAll = async (): Promise<void> => {
    await writer.close();
    await vault.close();
    await reader.close();
  };
  const runner: ProjectionRunner = new ProjectionRunner({
    reader,
    vault,
    writer,
    projections: projectionsWith({ rules: repeatRules(), secret: vault.secret(REPEATS_SECRET) }),
    upcasts: caseAggregate.upcasts,
    nowMs: Date.now,
    onLost: (lost) => tell({ kind: 'lost', lost }),
    onStep: () => reports.due(),
    log: {
      info: (facts, message) => tell({ kind: 'log', level: 'info', facts, message }),
      error: (facts, message) => tell({ kind: 'log', level: 'error', facts, message }),
    },
  });
  const reports = new StatusReports(async () => tell({ kind: 'status', status: await runner.status() }));
  runner.listeners.add(({ position, subjects }) => tell({ kind: 'advanced', position, caseIds: subjects }));
  try {
    await runner.start();
  } catch (error) {
    await closeAll();
    throw error;
  }
  tell({ kind: 'started', position: runner.reached, status: await runner.status() });
  parentPort!.on('message', (order: Order) => {
    obey(order).then(
      (result) => tell({ kind: 'done', id: order.id, result }),
      (error: unknown) => tell({ kind: 'failed', id: order.id, failure: failureOf(error) }),
    );
  });

  async function obey(order: Order): Promise<number> {
    switch (order.kind) {
      case 'rebuild':
        return runner.rebuild(order.name);
      case 'retry':
        return runner.retry(order.name, order.partition);
      case 'stop':
        reports.stop();
        await runner.stop();
        await closeAll();
        parentPort!.close();
        return 0;
      default:
        return order satisfies never;
    }
  }
}

run().catch((error: unknown) => {
  tell({ kind: 'refused', failure: failureOf(error) });
  parentPort!.close();
});
