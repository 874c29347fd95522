import { parentPort, workerData } from 'node:worker_threads';
import { caseAggregate } from '#cases/domain';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { START, SystemClock } from '#kernel';
import { openEmbeddedVault } from '#privacy/embedded';
import { RulesOnRecord } from '#rulebook';
import { openWriter, ProjectionRunner, type RunnerLog } from '#sql';
import { projectionsWith } from '#views';
import { failureOf, type Notice, type Order, type ProjectorData } from './messages.js';
import { RepeatRulesOnRecord, REPEATS_SECRET, REPEATS_VIEW } from './repeat-rules.js';
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
  const log: RunnerLog = {
    info: (facts, message) => tell({ kind: 'log', level: 'info', facts, message }),
    error: (facts, message) => tell({ kind: 'log', level: 'error', facts, message }),
  };
  const onRecord = new RulesOnRecord({
    store: reader,
    clock: new SystemClock(),
    log: { error: (error, message) => log.error({ error: (error as Error).message }, message) },
  });
  const closeAll = async (): Promise<void> => {
    await onRecord.close();
    await writer.close();
    await vault.close();
    await reader.close();
  };
  const after = (await reader.head()) ?? START;
  await onRecord.readAll();
  const repeats = new RepeatRulesOnRecord(onRecord.register);
  const secret = vault.secret(REPEATS_SECRET);
  const runner: ProjectionRunner = new ProjectionRunner({
    reader,
    vault,
    writer,
    projections: projectionsWith({
      get rules() {
        return repeats.rules;
      },
      secret,
    }),
    upcasts: caseAggregate.upcasts,
    nowMs: Date.now,
    onLost: (lost) => tell({ kind: 'lost', lost }),
    onStep: () => reports.due(),
    log,
  });
  const reports = new StatusReports(async () => tell({ kind: 'status', status: await runner.status() }));
  runner.listeners.add(({ position, subjects }) => tell({ kind: 'advanced', position, caseIds: subjects }));
  try {
    await runner.start();
  } catch (error) {
    await closeAll();
    throw error;
  }
  // Packs that are published from now on may compare by something else: then the view is made anew, as at a start.
  onRecord.onPublished(() => repeats.whenOther(() => runner.rebuild(REPEATS_VIEW)));
  onRecord.follow(after);
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
