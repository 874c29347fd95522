import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { plusMs, TestClock } from '#kernel';
import type { JobWorkerOptions, Worker } from '../job-worker.js';
import type { Job, Jobs } from '../port.js';

/** One ledger, and processes that work on it. */
export interface WorkerBed {
  readonly jobs: Jobs;
  /** A worker as another process has it. */
  start(options: Omit<JobWorkerOptions, 'jobs'>): Worker;
  /** How many processes may share the ledger. */
  readonly processes: number;
  close(): Promise<void>;
}

/** Conditions come about in their own time, on a loaded machine too. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await turn();
}

const MINUTE = 60_000;

/** What every way of having jobs done must keep. Call it in a test file of the adapter. */
export function workersContract(name: string, open: () => Promise<WorkerBed>): void {
  describe(`${name} does jobs as the contract says`, () => {
    let bed: WorkerBed;
    let clock: TestClock;
    let started: Worker[];
    beforeEach(async () => {
      bed = await open();
      clock = new TestClock();
      started = [];
    });
    afterEach(async () => {
      await Promise.all(started.map((worker) => worker.close()));
      await bed.close();
    });

    const work = (how: (job: Job) => Promise<void>, more: Partial<JobWorkerOptions> = {}): Worker => {
      const backoff = { firstMs: MINUTE, mostMs: 3 * MINUTE, attempts: 4 };
      const worker = bed.start({ queue: 'mails', clock, backoff, work: how, ...more });
      started.push(worker);
      worker.start();
      worker.receive();
      return worker;
    };
    const add = (id: string, afterMs = 0): Promise<void> =>
      bed.jobs.add({ id, queue: 'mails', data: { messageId: id }, dueAt: plusMs(clock.now(), afterMs) });
    const isIn = async (id: string, state: string): Promise<boolean> => (await bed.jobs.get(id))?.state === state;

    test('a job is done when it is due and not before, whatever its id looks like; added again it is not done again', async () => {
      const done: string[] = [];
      const ids = ['a', '12345', 'case:1:2', '空 格/😀', `long${'-'.repeat(200)}`];
      for (const id of ids) await add(id);
      await add('later', MINUTE);
      const worker = work(async ({ id, data }) => void done.push(`${id} ${String(data['messageId'])}`));
      await until(async () => (await Promise.all(ids.map((id) => isIn(id, 'done')))).every(Boolean));
      for (const id of ids) await add(id);
      worker.arm();
      clock.advance(MINUTE);
      await until(() => isIn('later', 'done'));
      expect(done.sort()).toEqual([...ids, 'later'].map((id) => `${id} ${id}`).sort());
    });

    test('what fails is tried again, each time later by the clock port; then it is dead, and a person revives it', async () => {
      let isGone = true;
      const failures: [number, boolean][] = [];
      const onFailed: JobWorkerOptions['onFailed'] = ({ failures: before }, { dead }) =>
        void failures.push([before, dead]);
      const tried: number[] = [];
      const how = async (): Promise<void> => {
        tried.push(Date.parse(clock.now()));
        if (isGone) throw Object.assign(new Error('wang@example.org is unknown'), { code: 'EENVELOPE' });
      };
      await add('a');
      const [begun, worker] = [Date.parse(clock.now()), work(how, { onFailed })];
      for (const [at, waitMs] of [MINUTE, 2 * MINUTE, 3 * MINUTE].entries()) {
        await until(() => failures.length === at + 1);
        clock.advance(waitMs);
      }
      await until(() => failures.length === 4);
      expect(await isIn('a', 'dead')).toBe(true);
      expect(tried.map((ms) => ms - begun)).toEqual([0, MINUTE, 3 * MINUTE, 6 * MINUTE]);
      expect(failures).toEqual([0, 1, 2, 3].map((before) => [before, before === 3]));
      expect(await bed.jobs.get('a')).toMatchObject({ failures: 4, lastError: 'EENVELOPE' });
      isGone = false;
      expect(await bed.jobs.revive('a', clock.now())).toBe(true);
      worker.arm();
      await until(() => isIn('a', 'done'));
    });

    test('several workers compete: every job is done, none in two hands', async () => {
      const hands = new Map<string, number>();
      let most = 0;
      const how = async ({ id }: Job): Promise<void> => {
        const now = (hands.get(id) ?? 0) + 1;
        hands.set(id, now);
        most = Math.max(most, now);
        await turn();
      };
      const ids = Array.from({ length: 60 }, (_, n) => `job-${n}`);
      await Promise.all(ids.map((id) => add(id)));
      for (let n = 0; n < bed.processes; n++) work(how);
      await until(async () => (await Promise.all(ids.map((id) => isIn(id, 'done')))).every(Boolean));
      expect([hands.size, most]).toEqual([60, 1]);
    });

    test('stopping waits for what is in hand, and leaves the rest', async () => {
      const begun: string[] = [];
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) await add(id);
      const worker = work(async ({ id }) => {
        begun.push(id);
        await finished;
      });
      await until(() => begun.length > 0);
      const stopped = worker.close();
      finish();
      await stopped;
      const inHand = [...begun];
      for (const id of inHand) expect(await isIn(id, 'done')).toBe(true);
      await turn();
      expect(begun).toEqual(inHand);
    });
  });
}
