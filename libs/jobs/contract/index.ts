import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Carried, Jobs, NewJob, TakenJob } from '../port.js';

export interface OpenedJobs {
  readonly jobs: Jobs;
  close(): Promise<void>;
}

const NINE = '2026-01-05T09:00:00.000Z';
const TEN = '2026-01-05T10:00:00.000Z';
const ELEVEN = '2026-01-05T11:00:00.000Z';
const NOON = '2026-01-05T12:00:00.000Z';

const carried = (id: string, dueAt: string): Carried => ({ id, dueAt });

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

    /** What can be taken at an instant, in the order in which it is given; it is let go of again. */
    const due = async (at: string): Promise<string[]> => {
      const all: TakenJob[] = [];
      for (let one = await jobs.take('mails', at); one; one = await jobs.take('mails', at)) all.push(one);
      await Promise.all(all.map((it) => it.failed({ error: '-', retryAt: it.job.dueAt })));
      return all.map(({ job: { id } }) => id);
    };

    const takeCarried = (id: string, dueAt: string) => jobs.takeCarried('mails', { id, dueAt });
    const taken = async (id: string, dueAt = TEN): Promise<TakenJob> => (await takeCarried(id, dueAt))!;

    test('what is due at an instant is due at that instant, the earliest first, in its own queue', async () => {
      await jobs.add(job('late', { dueAt: ELEVEN }));
      await jobs.add(job('b'));
      await jobs.add(job('a'));
      await jobs.add(job('other', { queue: 'webhooks', dueAt: NINE }));
      expect([await jobs.nextDue('mails'), await jobs.nextDue('webhooks'), await jobs.nextDue('none')]).toEqual([
        ...[TEN, NINE, undefined],
      ]);
      expect(await due(NINE)).toEqual([]);
      expect(await due(TEN)).toEqual(['a', 'b']);
      expect(await due(ELEVEN)).toEqual(['a', 'b', 'late']);
    });

    test('a job that was added is not added again, whatever became of it', async () => {
      await jobs.add(job('a'));
      await jobs.add(job('a', { dueAt: NINE, data: { messageId: 'other' } }));
      expect(await jobs.get('a')).toEqual({ ...job('a'), state: 'waiting', failures: 0 });
      await (await taken('a')).done();
      await jobs.add(job('a'));
      expect(await due(ELEVEN)).toEqual([]);
      expect(await jobs.get('a')).toMatchObject({ state: 'done' });
    });

    test('what failed waits until it is tried again, and is dead where it is not', async () => {
      await jobs.add(job('a'));
      await (await taken('a')).failed({ error: 'ECONNECTION', retryAt: ELEVEN });
      expect(await due(TEN)).toEqual([]);
      expect(await jobs.get('a')).toMatchObject({ failures: 1, lastError: 'ECONNECTION' });
      await (await taken('a', ELEVEN)).failed({ error: 'EENVELOPE' });
      expect(await due(ELEVEN)).toEqual([]);
      expect(await jobs.list({ queue: 'mails', state: 'dead' }, 10)).toMatchObject([
        { id: 'a', failures: 2, lastError: 'EENVELOPE' },
      ]);
    });

    test('what was put down is due at once, for whoever is free, and has not failed', async () => {
      await jobs.add(job('a'));
      await jobs.carry('mails', TEN, NOON, 9);
      await (await taken('a')).putDown();
      expect(await takeCarried('a', TEN)).toBeUndefined();
      const [again] = await jobs.carry('mails', TEN, NOON, 9);
      expect(again?.id).toBe('a');
      expect(await due(TEN)).toEqual(['a']);
      expect(await jobs.get('a')).toMatchObject({ state: 'waiting' });
    });

    test('only what is dead is revived, with its failures forgotten', async () => {
      await jobs.add(job('a'));
      expect([await jobs.revive('a', TEN), await jobs.revive('none', TEN)]).toEqual([false, false]);
      await (await taken('a')).failed({ error: 'EENVELOPE' });
      expect(await jobs.revive('a', ELEVEN)).toBe(true);
      expect(await jobs.get('a')).toMatchObject({ state: 'waiting', failures: 0, dueAt: ELEVEN });
    });

    test('all the dead of a queue are revived, or of every queue', async () => {
      for (const id of ['a', 'b']) await jobs.add(job(id));
      await jobs.add(job('c', { queue: 'webhooks' }));
      for (const id of ['a', 'b']) await (await taken(id)).failed({ error: 'EENVELOPE' });
      await (await jobs.take('webhooks', TEN))!.failed({ error: 'EENVELOPE' });
      expect(await jobs.reviveAll('mails', ELEVEN)).toBe(2);
      const all = await jobs.getAll(['a', 'b', 'c', 'none']);
      expect(all.map(({ id, state }) => [id, state]).sort()).toEqual([
        ['a', 'waiting'],
        ['b', 'waiting'],
        ['c', 'dead'],
      ]);
      expect(await jobs.reviveAll(undefined, ELEVEN)).toBe(1);
      expect(await jobs.getAll([])).toEqual([]);
    });

    test('a job in hand is nobody else’s; let go of it is there again', async () => {
      await jobs.add(job('a'));
      await jobs.add(job('b'));
      const [first, second, third] = await Promise.all([1, 2, 3].map(() => jobs.take('mails', TEN)));
      expect([first, second, third].flatMap((it) => it?.job.id ?? []).sort()).toEqual(['a', 'b']);
      for (const it of [first, second, third]) await it?.failed({ error: 'ECONNECTION', retryAt: ELEVEN });
      expect(await jobs.take('mails', TEN)).toBeUndefined();
      const again = (await jobs.take('mails', ELEVEN))!;
      const failedOnce = { state: 'waiting', failures: 1, lastError: 'ECONNECTION' };
      expect(again.job).toEqual({ ...job('a', { dueAt: ELEVEN }), ...failedOnce });
      await again.done();
    });

    test('what was carried is taken by one, as it was carried, and not once it is done', async () => {
      await jobs.add(job('a'));
      expect(await takeCarried('a', NINE)).toBeUndefined();
      const hands = (await Promise.all([1, 2, 3].map(() => takeCarried('a', TEN)))).filter((it) => it !== undefined);
      expect(hands).toHaveLength(1);
      await hands[0]!.failed({ error: 'ECONNECTION', retryAt: ELEVEN });
      expect(await takeCarried('a', TEN)).toBeUndefined();
      await (await taken('a', ELEVEN)).done();
      expect(await takeCarried('a', ELEVEN)).toBeUndefined();
      expect(await jobs.get('none')).toBeUndefined();
    });

    test('what is due is carried once, again after a while, and at once where all was lost', async () => {
      for (const id of ['a', 'b', 'c']) await jobs.add(job(id));
      await jobs.add(job('late', { dueAt: ELEVEN }));
      const [both, rest] = [await jobs.carry('mails', TEN, ELEVEN, 2), await jobs.carry('mails', TEN, ELEVEN, 2)];
      expect([...both, ...rest].map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
      expect(await jobs.carry('mails', TEN, ELEVEN, 2)).toEqual([]);
      expect(await jobs.nextCarry('mails')).toBe(ELEVEN);
      await (await taken('a')).done();
      await (await taken('b')).failed({ error: 'ECONNECTION', retryAt: NOON });
      expect(await jobs.carry('mails', ELEVEN, NOON, 9)).toEqual([carried('c', TEN), carried('late', ELEVEN)]);
      await jobs.carryAnew('mails');
      expect(await jobs.carry('mails', ELEVEN, NOON, 9)).toEqual([carried('c', TEN), carried('late', ELEVEN)]);
      expect(await jobs.carry('mails', NOON, NOON, 9)).toHaveLength(3);
    });

    test('what is not done is counted by queue', async () => {
      for (const id of ['a', 'b', 'c']) await jobs.add(job(id));
      await jobs.add(job('d', { queue: 'webhooks' }));
      await (await taken('a')).done();
      await (await taken('b')).failed({ error: 'EENVELOPE' });
      expect(await jobs.counts()).toEqual([
        { queue: 'mails', state: 'dead', count: 1 },
        { queue: 'mails', state: 'waiting', count: 1 },
        { queue: 'webhooks', state: 'waiting', count: 1 },
      ]);
      expect((await jobs.list({ state: 'waiting' }, 10)).map(({ id }) => id)).toEqual(['c', 'd']);
    });
  });
}
