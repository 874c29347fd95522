import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Jobs } from '../port.js';
import { INPUT, type LongJobs, type NewLongJob } from '../long-jobs.js';

export interface OpenedLongJobs {
  readonly jobs: Jobs;
  readonly longJobs: LongJobs;
  close(): Promise<void>;
}

const [TEN, ELEVEN, NOON] = ['10', '11', '12'].map((hour) => `2026-01-05T${hour}:00:00.000Z`) as [
  string,
  string,
  string,
];

const asked = (id: string, more: Partial<NewLongJob> = {}): NewLongJob => ({
  ...{ id, kind: 'imports', order: { mapping: 'desk' }, inputKey: `in ${id}`, resultKey: `out ${id}` },
  ...{ createdAt: TEN, expiresAt: ELEVEN },
  ...more,
});
const bytes = (text: string): Buffer => Buffer.from(text);

/** What every adapter of the LongJobs port must keep. Call it in a test file of the adapter. */
export function longJobsContract(name: string, open: () => Promise<OpenedLongJobs>): void {
  describe(`${name} keeps the LongJobs contract`, () => {
    let opened: OpenedLongJobs;
    let longJobs: LongJobs;
    let jobs: Jobs;
    beforeEach(async () => {
      opened = await open();
      ({ longJobs, jobs } = opened);
    });
    afterEach(() => opened.close());

    const pieces = async (id: string, name: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const piece of longJobs.pieces(id, name)) found.push(piece.toString());
      return found;
    };
    const released = async (id: string): Promise<void> => {
      await longJobs.create(asked(id));
      for (const [n, text] of ['one', 'two'].entries()) await longJobs.put(id, { name: INPUT, n, bytes: bytes(text) });
      await longJobs.release(id, { mapping: 'desk', pieces: 2 }, TEN);
    };

    test('its job is added when its input is complete, once', async () => {
      await longJobs.create(asked('a'));
      await longJobs.put('a', { name: INPUT, n: 0, bytes: bytes('broken off') });
      await longJobs.put('a', { name: INPUT, n: 0, bytes: bytes('whole') });
      expect([await longJobs.get('a'), await jobs.get('a')]).toEqual([
        { ...asked('a'), state: 'awaiting_input', progress: {} },
        undefined,
      ]);
      expect(await longJobs.begin('a')).toBeUndefined();
      expect(await longJobs.release('a', { mapping: 'desk', pieces: 1 }, TEN)).toBe(true);
      expect(await longJobs.release('a', {}, NOON)).toBe(false);
      expect(await pieces('a', INPUT)).toEqual(['whole']);
      expect(await jobs.get('a')).toMatchObject({ queue: 'imports', data: {}, dueAt: TEN, state: 'waiting' });
      expect(await longJobs.get('a')).toMatchObject({ state: 'waiting', order: { pieces: 1 } });
      expect((await longJobs.list('imports', 9)).map(({ id }) => id)).toEqual(['a']);
      expect(await longJobs.list('other', 9)).toEqual([]);
    });

    test('who begins it again goes on where the last one stood, and the last one is refused from then on', async () => {
      await released('a');
      const first = (await longJobs.begin('a'))!;
      await longJobs.checkpoint(first, { done: 1 }, [{ name: 'report', n: 0, bytes: bytes('line 1') }]);
      const second = (await longJobs.begin('a'))!;
      expect([first.run, second.run, second.job.progress]).toEqual([1, 2, { done: 1 }]);
      const late = longJobs.checkpoint(first, { done: 2 }, [{ name: 'report', n: 1, bytes: bytes('line 2') }]);
      await expect(late).rejects.toMatchObject({ code: 'RUN_OVER' });
      expect(await pieces('a', 'report')).toEqual(['line 1']);
      await longJobs.finish(second, { done: 3 }, { finishedAt: ELEVEN, expiresAt: NOON });
      expect(await longJobs.get('a')).toMatchObject({
        ...{ state: 'done', progress: { done: 3 }, finishedAt: ELEVEN, expiresAt: NOON },
      });
      expect([await pieces('a', INPUT), await pieces('a', 'report')]).toEqual([[], ['line 1']]);
      expect(await longJobs.begin('a')).toBeUndefined();
    });

    test('what was cancelled is nobody’s any more, whether it waited, was in hand or was given up', async () => {
      for (const id of ['waits', 'in-hand', 'dead']) await released(id);
      const run = (await longJobs.begin('in-hand'))!;
      await (await jobs.takeCarried('imports', { id: 'dead', dueAt: TEN }))!.failed({ error: 'FILE_UNREADABLE' });
      expect(await longJobs.get('dead')).toMatchObject({ state: 'failed', lastError: 'FILE_UNREADABLE' });
      const over = { finishedAt: ELEVEN, expiresAt: NOON };
      for (const id of ['waits', 'in-hand', 'dead']) expect(await longJobs.cancel(id, over)).toBe(true);
      expect([await longJobs.cancel('waits', over), await longJobs.cancel('none', over)]).toEqual([false, false]);
      await expect(longJobs.checkpoint(run, {}, [])).rejects.toMatchObject({ code: 'RUN_OVER' });
      for (const id of ['waits', 'in-hand', 'dead']) {
        expect(await longJobs.begin(id)).toBeUndefined();
        expect(await longJobs.get(id)).toMatchObject({ state: 'cancelled' });
        expect(await pieces(id, INPUT)).toEqual([]);
      }
      expect(await jobs.get('dead')).toMatchObject({ state: 'done' });
    });

    test('what expired goes with its pieces and its job; what is worked on does not, what was given up does', async () => {
      await longJobs.create(asked('abandoned'));
      for (const id of ['running', 'dead']) await released(id);
      await longJobs.begin('running');
      await (await jobs.takeCarried('imports', { id: 'dead', dueAt: TEN }))!.failed({ error: 'FILE_UNREADABLE' });
      await longJobs.keepUntil('dead', NOON);
      expect(await longJobs.nextExpiry()).toBe(ELEVEN);
      expect((await longJobs.expired(ELEVEN, 9)).map(({ id }) => id)).toEqual(['abandoned']);
      expect((await longJobs.expired(NOON, 9)).map(({ id }) => id)).toEqual(['abandoned', 'dead']);
      for (const id of ['abandoned', 'dead']) await longJobs.remove(id);
      expect([await longJobs.get('dead'), await jobs.get('dead'), await pieces('dead', INPUT)]).toEqual([
        ...[undefined, undefined, []],
      ]);
      expect(await longJobs.nextExpiry()).toBeUndefined();
    });
  });
}
