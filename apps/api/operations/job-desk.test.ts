import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOB_MIGRATIONS, SqlJobs, type JobTables } from '#jobs/embedded';
import { TestClock } from '#kernel';
import { migrateToLatest, openSqlite } from '#sql';
import { JobDesk } from './job-desk.js';

let desk: JobDesk;
let jobs: SqlJobs;
let close: () => Promise<void>;
let told = 0;
const clock = new TestClock();

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'job-desk-'));
  const db = openSqlite<JobTables>({ file: join(folder, 'outbox.db') });
  await migrateToLatest(db, JOB_MIGRATIONS);
  jobs = new SqlJobs(db);
  told = 0;
  desk = new JobDesk(jobs, clock, async () => void told++);
  close = async () => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  };
  for (const [id, queue] of [
    ['mail-1', 'mails'],
    ['mail-2', 'mails'],
    ['report', 'reports'],
  ] as const) {
    await jobs.add({ id, queue, data: { of: id }, dueAt: clock.now() });
    await (await jobs.take(queue, clock.now()))!.failed({ error: 'ECONNECTION' });
  }
  await jobs.add({ id: 'waits', queue: 'mails', data: {}, dueAt: clock.now() });
});

afterEach(() => close());

const states = async (): Promise<string[]> => (await desk.list({}, 10)).map(({ id, state }) => `${id} ${state}`);

test('dead jobs of every queue are seen, with why, and without what they carry', async () => {
  const dead = await desk.list({ state: 'dead' }, 10);
  expect(dead.map(({ id }) => id)).toEqual(['mail-1', 'mail-2', 'report']);
  expect(dead[0]).toEqual({
    ...{ id: 'mail-1', queue: 'mails', dueAt: clock.now(), state: 'dead', failures: 1, lastError: 'ECONNECTION' },
  });
  expect(await desk.counts()).toEqual([
    { queue: 'mails', state: 'dead', count: 2 },
    { queue: 'mails', state: 'waiting', count: 1 },
    { queue: 'reports', state: 'dead', count: 1 },
  ]);
});

test('one is tried again, or those of a queue, or all; who looks for what is due is told', async () => {
  expect(await desk.retry({ id: 'mail-2' })).toEqual({ retried: 1 });
  expect(await states()).toContain('mail-2 waiting');
  expect(await desk.retry({ queue: 'mails' })).toEqual({ retried: 1 });
  expect(await states()).toContain('report dead');
  expect(await desk.retry({})).toEqual({ retried: 1 });
  expect(told).toBe(3);
  expect(await desk.retry({})).toEqual({ retried: 0 });
  expect(told).toBe(3);
});

test('what is not dead, or not there, is refused', async () => {
  expect(await desk.retry({ id: 'waits' })).toMatchObject({ code: 'JOB_NOT_DEAD' });
  expect(await desk.retry({ id: 'nothing' })).toMatchObject({ code: 'JOB_UNKNOWN' });
});
