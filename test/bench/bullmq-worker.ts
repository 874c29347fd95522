// A process that does jobs as they come. Says when each was done, in milliseconds of the wall clock.
import { CarriedWorker, type Carrier } from '#jobs';
import { openBullCarrier } from '#jobs/bullmq';
import { SqlJobs, type JobTables } from '#jobs/embedded';
import { SystemClock } from '#kernel';
import { openPostgres } from '#sql';

const [pgUrl, redisUrl, namespace, bare] = process.argv.slice(2);
const CONCURRENCY = 50;
/** A worker that gets no more for this long has done its part. */
const QUIET_MS = 5_000;

const done: number[] = [];
const carrier = await openBullCarrier({
  ...{ url: redisUrl!, namespace: namespace! },
  log: { warn: (_, message) => process.stderr.write(`${message}\n`), error: () => undefined },
});
await (bare === undefined ? throughLedger(carrier) : carriedOnly(carrier, Number(bare)));
await carrier.close();
process.stdout.write(`${JSON.stringify({ done })}\n`);

async function throughLedger(carrier: Carrier): Promise<void> {
  const db = openPostgres<JobTables>({ url: pgUrl!, connections: CONCURRENCY + 4 });
  const jobs = new SqlJobs(db);
  const worker = new CarriedWorker({
    ...{ jobs, carrier, clock: new SystemClock(), queue: 'bench', concurrency: CONCURRENCY },
    backoff: { firstMs: 1000, mostMs: 1000, attempts: 3 },
    work: async () => void done.push(Date.now()),
    onFailure: (error) => process.stderr.write(`${String(error)}\n`),
  });
  worker.start();
  worker.receive();
  while ((await jobs.counts()).length > 0) await new Promise((resolve) => setTimeout(resolve, 250));
  await worker.close();
  await db.destroy();
}

/** What BullMQ does by itself: the same ids, and work that is nothing. */
async function carriedOnly(carrier: Carrier, count: number): Promise<void> {
  const receiver = carrier.receive('bare', CONCURRENCY, async () => void done.push(Date.now()));
  for (let at = 0; at < count; at += 1000) {
    await carrier.send(
      'bare',
      Array.from({ length: Math.min(1000, count - at) }, (_, n) => `${namespace} ${at + n}`),
    );
  }
  while (Date.now() - (done.at(-1) ?? Date.now()) < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 250));
  await receiver.stop();
}
