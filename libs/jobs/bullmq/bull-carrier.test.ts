import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { plusMs, TestClock } from '#kernel';
import { migrateToLatest, openSql } from '#sql';
import { freshSchema } from '#sql/testing';
import { freePort, serviceUrl, startRedis, type RestartableServer } from '#testing';
import { until, workersContract } from '../contract/workers.js';
import { CarriedWorker } from '../carried-worker.js';
import type { Carrier } from '../carrier.js';
import { JOB_MIGRATIONS, SqlJobs, type JobTables } from '../embedded/index.js';
import { openBullCarrier, type CarrierLog } from './index.js';

const redisUrl = await serviceUrl('redis');
const hasPostgres = (await serviceUrl('postgres')) !== undefined;
const described = redisUrl === undefined || !hasPostgres ? describe.skip : describe;

const silent: CarrierLog = { warn: () => undefined, error: () => undefined };
const BACKOFF = { firstMs: 60_000, mostMs: 60_000, attempts: 4 };

const begin = (worker: CarriedWorker): void => {
  worker.start();
  worker.receive();
};

/** A ledger that several processes share, and what carries its jobs. */
async function shared(url: string) {
  const [schema, namespace] = [await freshSchema(), randomUUID().slice(0, 8)];
  const opened: { close(): Promise<unknown> }[] = [];
  const ledger = (): SqlJobs => {
    const db = openSql<JobTables>({ url: schema });
    opened.push({ close: () => db.destroy() });
    return new SqlJobs(db);
  };
  const first = openSql<JobTables>({ url: schema });
  await migrateToLatest(first, JOB_MIGRATIONS, 'outbox_migration');
  await first.destroy();
  const carrier = async (): Promise<Carrier> => {
    const made = await openBullCarrier({ url, namespace, log: silent });
    opened.unshift(made);
    return made;
  };
  const close = async (): Promise<void> => {
    for (const it of opened) await it.close();
  };
  return { jobs: ledger(), ledger, carrier, close };
}

described('BullMQ on Redis', () => {
  workersContract('BullMQ over PostgreSQL', async () => {
    const { jobs, ledger, carrier, close } = await shared(redisUrl!);
    const carriers = [await carrier(), await carrier(), await carrier()];
    let next = 0;
    return {
      jobs,
      start: (options) =>
        new CarriedWorker({ ...options, jobs: ledger(), carrier: carriers[next++ % 3]!, concurrency: 4 }),
      processes: 3,
      close,
    };
  });

  describe('Redis is the muscle and never the memory', () => {
    let server: RestartableServer;
    let admin: Redis;
    let folder: string;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'redress-redis-'));
      server = (await startRedis(join(folder, 'redis')))!;
      admin = new Redis(server.url);
      admin.on('error', () => undefined);
    });
    afterEach(async () => {
      admin.disconnect();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('emptied and killed in the middle of load: every job is done, and none whose process lives has a second effect', async () => {
      const { jobs, ledger, carrier, close } = await shared(server.url);
      const clock = new TestClock();
      const effects = new Map<string, number>();
      const workers = await Promise.all(
        [1, 2].map(
          async () =>
            new CarriedWorker({
              ...{ jobs: ledger(), carrier: await carrier(), clock, queue: 'mails', backoff: BACKOFF, concurrency: 5 },
              work: async ({ id }) => void effects.set(id, (effects.get(id) ?? 0) + 1),
            }),
        ),
      );
      for (const worker of workers) begin(worker);
      const waits = async (): Promise<number> => (await jobs.counts())[0]?.count ?? 0;
      const load = async (round: string): Promise<void> => {
        const ids = Array.from({ length: 300 }, (_, n) => `${round}:${n}`);
        for (const id of ids) await jobs.add({ id, queue: 'mails', data: {}, dueAt: clock.now() });
        for (const worker of workers) worker.arm();
      };
      const begun = (round: string) => () => [...effects.keys()].some((id) => id.startsWith(round));
      await load('emptied');
      await until(begun('emptied'));
      await admin.flushall();
      await load('killed');
      await until(begun('killed'));
      await server.restart();
      await load('after');
      await until(async () => (await waits()) === 0);
      await Promise.all(workers.map((worker) => worker.close()));
      await close();
      expect(effects.size).toBe(900);
      expect([...effects.values()].filter((times) => times !== 1)).toEqual([]);
      // What was on its way to a worker when Redis died counts as in hand for ten seconds.
    }, 240_000);

    test('a worker that ends with a job in hand leaves it to another', async () => {
      const { jobs, ledger, carrier, close } = await shared(server.url);
      const clock = new TestClock();
      const options = { clock, queue: 'mails', backoff: BACKOFF, concurrency: 1 };
      await jobs.add({ id: 'a', queue: 'mails', data: {}, dueAt: clock.now() });
      // Somebody has taken it from the ledger and answers no more.
      const taken = (await ledger().takeCarried('mails', { id: 'a', dueAt: clock.now() }))!;
      const done: string[] = [];
      const work = async ({ id }: { id: string }): Promise<void> => void done.push(id);
      const worker = new CarriedWorker({ ...options, jobs: ledger(), carrier: await carrier(), work });
      begin(worker);
      await jobs.add({ id: 'b', queue: 'mails', data: {}, dueAt: clock.now() });
      worker.arm();
      await until(() => done.length === 1);
      expect(done).toEqual(['b']);
      await taken.failed({ error: 'ENDED', retryAt: plusMs(clock.now(), 1) });
      clock.advance(1);
      worker.arm();
      await until(() => done.length === 2);
      expect(done).toEqual(['b', 'a']);
      await worker.close();
      await close();
    });

    test('nothing of a job stays in Redis, and nothing in it but its id', async () => {
      const { jobs, ledger, carrier, close } = await shared(server.url);
      const clock = new TestClock();
      const worker = new CarriedWorker({
        ...{ jobs: ledger(), carrier: await carrier(), clock, queue: 'mails', backoff: BACKOFF, concurrency: 5 },
        work: async ({ id }) => {
          if (id === 'fails') throw new Error('no');
        },
      });
      for (const id of ['fails', 'works']) {
        await jobs.add({ id, queue: 'mails', data: { messageId: 'secret' }, dueAt: clock.now() });
      }
      begin(worker);
      await until(async () => (await jobs.get('works'))?.state === 'done' && (await jobs.get('fails'))?.failures === 1);
      await worker.close();
      const keys = (await admin.keys('*')).filter((key) => key.includes(':j-'));
      expect(keys).toEqual([]);
      expect(JSON.stringify(await admin.xrange((await admin.keys('*:events'))[0]!, '-', '+'))).not.toContain('secret');
      await close();
    });

    test('a server that throws keys away is refused, a database that is not there and a wrong password, with what to do; without its file it is advised', async () => {
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await expect(openBullCarrier({ url: server.url, namespace: 'x', log: silent })).rejects.toMatchObject({
        code: 'REDIS_EVICTS',
        message: expect.stringContaining('noeviction'),
      });
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      await expect(openBullCarrier({ url: `${server.url}/99`, namespace: 'x', log: silent })).rejects.toMatchObject({
        code: 'REDIS_DATABASE_MISSING',
      });
      const advice: string[] = [];
      await admin.config('SET', 'appendonly', 'no');
      const advised = { ...silent, warn: (_: object, message: string) => void advice.push(message) };
      await (await openBullCarrier({ url: server.url, namespace: 'x', log: advised })).close();
      expect(advice).toEqual([expect.stringMatching(/no append-only file.*Set appendonly yes/)]);
      await admin.config('SET', 'requirepass', 'right');
      const wrong = server.url.replace('redis://', 'redis://:wrong@');
      await expect(openBullCarrier({ url: wrong, namespace: 'x', log: silent })).rejects.toMatchObject({
        code: 'REDIS_LOGIN_REFUSED',
        message: expect.not.stringContaining('wrong@'),
      });
    });

    test('one that is not there is waited for as long as is said', async () => {
      const url = `redis://127.0.0.1:${await freePort()}`;
      const told: string[] = [];
      const patience = { patienceMs: 100, onWait: ({ message }: Error) => void told.push(message) };
      await expect(openBullCarrier({ url, namespace: 'x', log: silent, ...patience })).rejects.toMatchObject({
        code: 'REDIS_UNREACHABLE',
        message: expect.stringContaining('ECONNREFUSED'),
      });
      expect(told).toEqual([expect.stringContaining(new URL(url).host)]);
    });

    test('while it is gone nothing is handed over, stopping does not wait for it, and the process goes on', async () => {
      const { jobs, ledger, carrier, close } = await shared(server.url);
      const made = await carrier();
      const clock = new TestClock();
      const failures: unknown[] = [];
      const worker = new CarriedWorker({
        ...{ jobs: ledger(), carrier: made, clock, queue: 'mails', backoff: BACKOFF, concurrency: 2 },
        ...{ work: async () => undefined, onFailure: (error: unknown) => failures.push(error) },
      });
      begin(worker);
      await server.kill();
      await until(() =>
        made.send('mails', ['x']).then(
          () => false,
          ({ code }) => code === 'CARRIER_AWAY',
        ),
      );
      await jobs.add({ id: 'a', queue: 'mails', data: {}, dueAt: clock.now() });
      worker.arm();
      await until(() => failures.length > 0);
      await worker.close();
      await close();
      expect(failures[0]).toMatchObject({ code: 'CARRIER_AWAY' });
    });
  });
});
