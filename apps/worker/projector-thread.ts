import { parentPort, workerData } from 'node:worker_threads';
import { caseAggregate } from '#cases/domain';
import type { EventReader } from '#event-store';
import { START, SystemClock } from '#kernel';
import { RulesOnRecord } from '#rulebook';
import { announcing, openWriter, ProjectionRunner, tellStatus, type RunnerLog, type ViewOrder } from '#sql';
import { projectionsWith } from '#views';
import { openLogReader } from './log-reader.js';
import { failureOf, type Notice, type Order, type ProjectorData } from './messages.js';
import { RepeatRulesOnRecord, REPEATS_SECRET, REPEATS_VIEW } from './repeat-rules.js';
import { StatusReports } from './status-reports.js';
import { openVault } from './vault-place.js';
import { ViewOrders } from './view-orders.js';

const { folder, eventStoreUrl, masterKey, keys, place, ledgerFile, process: name } = workerData as ProjectorData;
const isShared = name !== undefined;
const tell = (notice: Notice): void => parentPort!.postMessage(notice);

const log: RunnerLog = {
  info: (facts, message) => tell({ kind: 'log', level: 'info', facts, message }),
  error: (facts, message) => tell({ kind: 'log', level: 'error', facts, message }),
};

/** Asks of whoever keeps the views: of this process, or of its share. */
const carryOut = (runner: ProjectionRunner, order: ViewOrder, share?: string): Promise<number> =>
  order.kind === 'rebuild' ? runner.rebuild(order.name) : runner.retry(order.name, order.partition, share);

const rulesOnRecord = (store: EventReader): RulesOnRecord =>
  new RulesOnRecord({
    store,
    clock: new SystemClock(),
    log: { error: (error, message) => log.error({ error: (error as Error).message }, message) },
  });

async function run(): Promise<void> {
  const reader = await openLogReader({ folder, eventStoreUrl });
  const vault = await openVault(keys, {
    masterKey: Buffer.from(masterKey),
    ...(ledgerFile !== undefined && { ledgerFile }),
  });
  const writer = isShared ? announcing(openWriter(place, name)) : openWriter(place);
  const onRecord = rulesOnRecord(reader);
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
    onShares: () => orders.look(),
    ...(isShared && { onWait: () => tell({ kind: 'waiting' }) }),
    log,
  });
  const report = async (): Promise<void> => {
    const status = await runner.status();
    tell({ kind: 'status', status });
    if (isShared) await tellStatus(writer, status);
  };
  const reports: StatusReports = new StatusReports(() => report().catch(() => reports.due()));
  const orders: ViewOrders = new ViewOrders(writer, runner, (order) => carryOut(runner, order, order.share));
  runner.listeners.add(({ position, subjects }) => tell({ kind: 'advanced', position, caseIds: subjects }));
  const starting = runner.start();
  let isStopping = false;
  parentPort!.on('message', (order: Order) => {
    const obeyed = order.kind === 'stop' ? stop() : carryOut(runner, order);
    obeyed.then(
      (result) => tell({ kind: 'done', id: order.id, result }),
      (error: unknown) => tell({ kind: 'failed', id: order.id, failure: failureOf(error) }),
    );
  });
  try {
    await starting;
  } catch (error) {
    // It was stopped while it waited for another process to end.
    if (isStopping) return;
    await closeAll();
    throw error;
  }
  if (isStopping) return;
  onRecord.onPublished(() => rekey(repeats, runner));
  onRecord.follow(after);
  tell({ kind: 'started', position: runner.reached, status: await runner.status() });
  if (isShared) await orders.start();
  reports.due();

  async function stop(): Promise<number> {
    isStopping = true;
    reports.stop();
    await orders.stop();
    await runner.stop();
    await starting.catch(() => undefined);
    await closeAll();
    parentPort!.close();
    return 0;
  }
}

/**
 * Packs that are published while views are kept may compare by something else: then the view is made anew, as at a start. Who
 * does not build has only to see that there is another version to keep.
 */
function rekey(repeats: RepeatRulesOnRecord, runner: ProjectionRunner): void {
  repeats.whenOther(async () => runner.builds && runner.rebuild(REPEATS_VIEW));
  runner.look();
}

run().catch((error: unknown) => {
  tell({ kind: 'refused', failure: failureOf(error) });
  parentPort!.close();
});
