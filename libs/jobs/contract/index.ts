import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Jobs, NewJob } from '../port.js';

export interface OpenedJobs {
  readonly jobs: Jobs;
  close(): Promise<void>;
}

const NINE = '2026-01-05T09:00:00.000Z';
const TEN = '2026-01-05T10:00:00.000Z';
const ELEVEN = '2026-01-05T11:00:00.000Z';

const job = (id: string, more: Partial<NewJob> = {}): NewJob => ({
  ...{ id, queue: 'mails', data: { messageId: id }, dueAt: TEN },
  ...more,
});

/** What every adapter of the Jobs port must keep. Call it in a test file of the adapter. */
export function jobsContract(name: string, open: () => Promise<OpenedJobs>): void {
  describe(`${name} keeps the Jobs contract`, () => {
    let opened: OpenedJobs;
    let jobs: Jobs;
    beforeEach(async () => {
      opened = await open();
      ({ jobs } = opened);
    });
    afterEach(() => opened.close());

    const due = async (at: string, limit = 10): Promise<string[]> =>
      (await jobs.due('mails', at, limit)).map(({ id }) => id);

    test('what is due at an instant is due at that instant, the earliest first, in its own queue', async () => {
      await jobs.add(job('late', { dueAt: ELEVEN }));
      await jobs.add(job('b'));
      await jobs.add(job('a'));
      await jobs.add(job('other', { queue: 'webhooks', dueAt: NINE }));
      expect(await due(NINE)).toEqual([]);
      expect(await due(TEN)).toEqual(['a', 'b']);
      expect(await due(ELEVEN)).toEqual(['a', 'b', 'late']);
      expect(await due(ELEVEN, 1)).toEqual(['a']);
      expect([await jobs.nextDue('mails'), await jobs.nextDue('webhooks'), await jobs.nextDue('none')]).toEqual([
        ...[TEN, NINE, undefined],
      ]);
    });

    test('a job that was added is not added again, whatever became of it', async () => {
      await jobs.add(job('a'));
      await jobs.add(job('a', { dueAt: NINE, data: { messageId: 'other' } }));
      expect(await jobs.get('a')).toEqual({ ...job('a'), state: 'waiting', failures: 0 });
      await jobs.done('a');
      await jobs.add(job('a'));
      expect(await due(ELEVEN)).toEqual([]);
      expect(await jobs.get('a')).toMatchObject({ state: 'done' });
    });

    test('what failed waits until it is tried again, and is dead where it is not', async () => {
      await jobs.add(job('a'));
      await jobs.failed('a', { error: 'ECONNECTION', retryAt: ELEVEN });
      expect([await due(TEN), await due(ELEVEN)]).toEqual([[], ['a']]);
      expect(await jobs.get('a')).toMatchObject({ failures: 1, lastError: 'ECONNECTION' });
      await jobs.failed('a', { error: 'EENVELOPE' });
      expect(await due(ELEVEN)).toEqual([]);
      expect(await jobs.list('mails', 'dead', 10)).toMatchObject([{ id: 'a', failures: 2, lastError: 'EENVELOPE' }]);
    });

    test('only what is dead is revived, with its failures forgotten', async () => {
      await jobs.add(job('a'));
      expect([await jobs.revive('a', TEN), await jobs.revive('none', TEN)]).toEqual([false, false]);
      await jobs.failed('a', { error: 'EENVELOPE' });
      expect(await jobs.revive('a', ELEVEN)).toBe(true);
      expect(await jobs.get('a')).toMatchObject({ state: 'waiting', failures: 0, dueAt: ELEVEN });
    });

    test('what is done does not fail any more', async () => {
      await jobs.add(job('a'));
      await jobs.done('a');
      await jobs.failed('a', { error: 'late' });
      expect(await jobs.get('a')).toMatchObject({ state: 'done', failures: 0 });
      expect(await jobs.get('none')).toBeUndefined();
    });
  });
}
