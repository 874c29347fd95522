import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Unrecoverable, type Carrier, type LongJob } from '#jobs';
import { openBullCarrier } from '#jobs/bullmq';
import { TestClock, type Json, type JsonObject } from '#kernel';
import { AttachmentTooLarge, MissingKey, type StreamVault, type Vault } from '#privacy';
import { openEmbeddedVault } from '#privacy/embedded';
import { freshSchema, isOnPostgres } from '#sql/testing';
import { serviceUrl, startRedis, type RestartableServer } from '#testing';
import { JobLedger } from './job-ledger.js';
import { KEPT_MS, LongJobDesk } from './long-job-desk.js';
import { LongJobWorkers, type InHand } from './long-job-workers.js';
import type { VaultPlace } from './vault-place.js';

const KIND = 'counts';
const STEPS = 10;
const silent = { warn: () => undefined, error: () => undefined };

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await turn();
}

/** A process with its own view of the ledger. */
interface Process {
  readonly ledger: JobLedger;
  readonly desk: LongJobDesk;
  readonly workers: LongJobWorkers;
  end(): Promise<void>;
}

function suite(name: string, isCarried: boolean): void {
  describe(`${name}: long jobs`, () => {
    let folder: string;
    let place: VaultPlace;
    let clock: TestClock;
    let vault: Vault & StreamVault;
    let redis: RestartableServer | undefined;
    let processes: Process[];
    /** Which steps were done of which job, in whatever process. */
    let steps: string[];
    let work: (inHand: InHand) => Promise<JsonObject>;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'long-jobs-'));
      place = {
        folder,
        ...(isOnPostgres() && { databaseUrl: await freshSchema(), eventStoreUrl: 'esdb://elsewhere' }),
      };
      redis = isCarried ? await startRedis(join(folder, 'redis')) : undefined;
      clock = new TestClock();
      vault = await openEmbeddedVault({ folder, masterKey: Buffer.alloc(32, 7), pool: true, clock });
      processes = [];
      steps = [];
      work = counting;
    });
    afterEach(async () => {
      for (const it of processes) await it.end();
      await redis?.stop();
      await vault.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Counts up from where it stood. */
    async function counting({ job, checkpoint }: InHand): Promise<JsonObject> {
      for (let n = Number(job.progress['step'] ?? 0); n < STEPS; n++) {
        steps.push(`${job.id} ${n}`);
        await checkpoint({ step: n + 1 }, [{ name: 'told', n, value: `王芳 ${n}` }]);
      }
      return { step: STEPS };
    }

    const begin = async (): Promise<Process> => {
      const ledger = await JobLedger.open(place);
      const desk = new LongJobDesk({ ledger, vault, clock });
      const carrier: Carrier | undefined =
        redis && (await openBullCarrier({ url: redis.url, namespace: 'long', log: silent }));
      const workers = new LongJobWorkers({ desk, carrier, log: silent }, [{ kind: KIND, work: (it) => work(it) }]);
      workers.start();
      workers.receive();
      let ended: Promise<void> | undefined;
      const stop = async (): Promise<void> => {
        await workers.close();
        await ledger.close();
        await carrier?.close();
      };
      const begun = { ledger, desk, workers, end: () => (ended ??= stop()) };
      processes.push(begun);
      return begun;
    };
    const given = async ({ desk }: Process, input = '孙丽,13600000001'): Promise<string> => {
      const id = await desk.take({ kind: KIND, order: { of: 'steps' }, given: { fileName: '孙丽.csv' } });
      const content = async function* () {
        yield Buffer.from(input);
      };
      expect(await desk.fill((await desk.find(KIND, id))!, content(), 1_000_000)).toBe(true);
      return id;
    };
    const found = async ({ desk }: Process, id: string): Promise<LongJob> => (await desk.find(KIND, id))!;
    const isIn = (it: Process, id: string, state: string) => async () => (await found(it, id)).state === state;
    const told = async (it: Process, id: string): Promise<Json[]> => {
      const all: Json[] = [];
      for await (const one of it.desk.results(await found(it, id), 'told')) all.push(one);
      return all;
    };
    const WHOLE = Array.from({ length: STEPS }, (_, n) => `王芳 ${n}`);

    test('a process that ends puts down what it has in hand, and another goes on where it stood', async () => {
      const first = await begin();
      let isAt: (n: number) => Promise<void> = async () => undefined;
      work = (inHand) =>
        counting({
          ...inHand,
          checkpoint: async (progress, results) => {
            await inHand.checkpoint(progress, results);
            await isAt(Number(progress['step']));
          },
        });
      const reached = new Promise<void>((resolve) => {
        isAt = async (n) => {
          if (n !== 4) return;
          resolve();
          // Told while it is between two steps: the next one is its last.
          void first.workers.close();
        };
      });
      const id = await given(first);
      await reached;
      await first.end();
      isAt = async () => undefined;
      const second = await begin();
      await until(isIn(second, id, 'done'));
      expect(steps.filter((step) => step.startsWith(id))).toEqual(WHOLE.map((_, n) => `${id} ${n}`));
      expect(await told(second, id)).toEqual(WHOLE);
      expect((await second.ledger.jobs.get(id))?.failures).toBe(0);
    });

    test('what it works on is opened piece by piece, and its key is gone when it is done; its results stay for a week', async () => {
      const process = await begin();
      const long = `${'孙丽,13600000001\n'.repeat(40_000)}`;
      let read = '';
      work = async ({ job }) => {
        for await (const piece of process.desk.input(job)) read += piece.toString('latin1');
        return { read: read.length };
      };
      const id = await given(process, long);
      await until(isIn(process, id, 'done'));
      expect(Buffer.from(read, 'latin1').toString()).toBe(long);
      const job = await found(process, id);
      const pieces: Buffer[] = [];
      for await (const piece of process.ledger.longJobs.pieces(id, String(job.order['input']))) pieces.push(piece);
      expect(pieces).toEqual([]);
      await until(() =>
        vault.cipher(job.inputKey, '-').then(
          () => false,
          (error) => error instanceof MissingKey,
        ),
      );
      expect(await process.desk.given(job)).toEqual({ fileName: '孙丽.csv' });
      clock.advance(KEPT_MS - 1);
      expect(await process.desk.find(KIND, id)).toBeDefined();
      clock.advance(1);
      expect(await process.desk.find(KIND, id)).toBeUndefined();
      await until(async () => (await process.ledger.longJobs.get(id)) === undefined);
      await expect(vault.cipher(job.resultKey, '-')).rejects.toThrow(MissingKey);
      expect(await process.ledger.jobs.get(id)).toBeUndefined();
    });

    test('cancelled in the middle it ends there; too large an input is not begun', async () => {
      const process = await begin();
      work = (inHand) =>
        counting({
          ...inHand,
          checkpoint: async (progress, results) => {
            await inHand.checkpoint(progress, results);
            if (progress['step'] === 3) await process.desk.cancel(await found(process, inHand.job.id));
          },
        });
      const id = await given(process);
      await until(async () => (await process.ledger.jobs.get(id))?.state === 'done');
      expect(await found(process, id)).toMatchObject({ state: 'cancelled', progress: { step: 3 } });
      expect(steps).toHaveLength(4);
      const large = await process.desk.take({ kind: KIND, order: {}, given: null });
      const content = async function* () {
        yield Buffer.alloc(11);
      };
      await expect(process.desk.fill(await found(process, large), content(), 10)).rejects.toThrow(AttachmentTooLarge);
      expect(await found(process, large)).toMatchObject({ state: 'awaiting_input' });
    });

    test('what helps nothing to be tried again is given up at once, with its reason; a person has it tried again', async () => {
      const process = await begin();
      work = () => Promise.reject(new Unrecoverable('FILE_UNREADABLE', '孙丽.csv has no header'));
      const id = await given(process);
      await until(isIn(process, id, 'failed'));
      const job = await found(process, id);
      expect(job).toMatchObject({ lastError: 'FILE_UNREADABLE' });
      expect(await process.desk.failure(job)).toBe('孙丽.csv has no header');
      expect(JSON.stringify(await process.ledger.jobs.get(id))).not.toContain('孙丽');
      work = counting;
      expect(await process.ledger.jobs.revive(id, clock.now())).toBe(true);
      await process.ledger.changed();
      await until(isIn(process, id, 'done'));
      expect(await told(process, id)).toEqual(WHOLE);
    });

    test('what failed goes on behind its last checkpoint, later by the clock port', async () => {
      const process = await begin();
      let isGone = true;
      work = (inHand) =>
        counting({
          ...inHand,
          checkpoint: async (progress, results) => {
            if (isGone && progress['step'] === 6) throw Object.assign(new Error('the store'), { code: 'STORE_GONE' });
            await inHand.checkpoint(progress, results);
          },
        });
      const id = await given(process);
      await until(async () => (await process.ledger.jobs.get(id))?.failures === 1);
      isGone = false;
      clock.advance(5_000);
      await until(isIn(process, id, 'done'));
      expect(await told(process, id)).toEqual(WHOLE);
      expect(steps.filter((step) => step === `${id} 5`)).toHaveLength(2);
      expect(steps).toHaveLength(STEPS + 1);
    });

    if (isCarried) {
      test('Redis emptied in the middle: every job is done, none twice at a time, each result once', async () => {
        const all = [await begin(), await begin()];
        const inHand = new Set<string>();
        let most = 0;
        let emptied: Promise<unknown> | undefined;
        const admin = new Redis(redis!.url);
        work = async (it) => {
          most = Math.max(most, inHand.has(it.job.id) ? 2 : 1);
          inHand.add(it.job.id);
          if (steps.length > STEPS) emptied ??= admin.flushall();
          await emptied;
          const progress = await counting(it);
          inHand.delete(it.job.id);
          return progress;
        };
        const ids: string[] = [];
        for (let n = 0; n < 12; n++) ids.push(await given(all[n % 2]!));
        await until(async () => (await Promise.all(ids.map((id) => isIn(all[0]!, id, 'done')()))).every(Boolean));
        admin.disconnect();
        expect([emptied !== undefined, most, steps.length]).toEqual([true, 1, 12 * STEPS]);
        for (const id of ids) expect(await told(all[1]!, id)).toEqual(WHOLE);
      });
    }
  });
}

suite(isOnPostgres() ? 'PostgreSQL' : 'SQLite', false);
if (isOnPostgres() && (await serviceUrl('redis')) !== undefined) suite('BullMQ over PostgreSQL', true);
