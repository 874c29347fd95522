import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { comparePositions, type Position } from '#kernel';
import { sql } from 'kysely';
import { migrateViews } from '../projections/books.js';
import { KeepingDealt } from './dealt.js';
import { openWriter, standingOf, tellStatus, VIEWS, type Row, type SharedStanding, type SqlWriter } from '../index.js';
import { freshSchema, note, notes, onPostgres, poisoned, TestLog, TestViews, total } from '../testing/index.js';

// Several keepers over a server that others use, too: on a machine that is busy each step takes its time.
jest.setTimeout(300_000);

const ALL = [notes(), total];
const NAMES = ALL.map(({ name }) => name);
const TABLES = ['notes', 'logged', 'letters', 'total'];
const SUBJECTS = 'abcdefghijklmnop';
/** Often, so that nobody waits for long. */
const BEAT_MS = 100;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn();
}

await onPostgres(async () => {
  let log: TestLog;
  let opened: TestViews[] = [];
  beforeEach(async () => {
    poisoned.clear();
    log = await TestLog.open();
  });
  afterEach(async () => {
    for (const it of opened) await it.close();
    opened = [];
    await log.close();
  });

  async function open(options: Parameters<typeof TestViews.open>[2] = {}): Promise<TestViews> {
    const views = await TestViews.open(log, ALL, { beatMs: BEAT_MS, ...options });
    opened.push(views);
    return views;
  }

  async function close(views: TestViews): Promise<void> {
    opened = opened.filter((it) => it !== views);
    await views.close();
  }

  /** What everybody hears who reads the views. */
  async function standing(): Promise<SharedStanding | undefined> {
    for (const { writer, runner } of opened) await tellStatus(writer, await runner.status());
    return standingOf(opened[0]!.writer.db, NAMES);
  }

  async function allReach(position: Position): Promise<void> {
    await until(
      async () => comparePositions((await standing())?.position ?? { commit: -1n, prepare: -1n }, position) >= 0,
    );
  }

  const isFair = (...views: TestViews[]): boolean => {
    const counts = views.map(({ runner }) => runner.shares.size);
    return counts.reduce((a, b) => a + b) === 14 && Math.max(...counts) - Math.min(...counts) <= 1;
  };

  async function write(text: string): Promise<Position> {
    const key = await log.key();
    let position: Position;
    for (const subject of SUBJECTS) position = await log.append(subject, note(key, `${subject}${text}`));
    return position!;
  }

  const rowsOf = (views: TestViews): Promise<Row[][]> => Promise.all(TABLES.map((table) => views.rows(table)));

  async function coldRebuild(): Promise<Row[][]> {
    const cold = await TestViews.open(log, ALL, { named: `cold-${Date.now()}` });
    try {
      await cold.reached((await log.store.head())!);
      await cold.serves('notes', 1);
      return await rowsOf(cold);
    } finally {
      await cold.close();
    }
  }

  test('readers hear that a view is ready again though no share has moved: what waited for it goes on', async () => {
    await open();
    const position = await write('1');
    await allReach(position);
    const { db } = opened[0]!.writer;
    const before = (await standing())!;
    const phase = async (phase: string): Promise<SharedStanding> => {
      await db.updateTable('projection_generation').set({ phase }).where('name', '=', 'notes').execute();
      return (await standing())!;
    };
    const away = await phase('deriving');
    expect(comparePositions(away.position, before.position)).toBeLessThan(0);
    expect(away.stamp).not.toBe(before.stamp);
    const again = await phase('ready');
    expect(again.position).toEqual(before.position);
    expect(again.stamp).not.toBe(away.stamp);
  });

  test('one keeps everything; who joins gets a fair share; what the one who goes had is the others’ at once', async () => {
    const first = await open();
    await allReach(await write('1'));
    expect(first.runner.shares.size).toBe(14);
    const second = await open();
    const third = await open();
    await until(() => isFair(first, second, third));
    await allReach(await write('2'));
    const { status } = (await standing())!;
    expect(status.projections.map(({ name, state }) => [name, state])).toEqual([
      ['notes', 'live'],
      ['total', 'live'],
    ]);
    const [keptNotes, keptTotal] = status.projections.map(({ keepers }) => keepers);
    expect(keptNotes!.length).toBeGreaterThan(1);
    expect(keptNotes!.flatMap(({ slots }) => slots).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    expect(keptTotal).toMatchObject([{ slots: [0], of: 1, lagEvents: 0 }]);
    await close(first);
    await until(() => isFair(second, third));
    await allReach(await write('3'));
    expect(await rowsOf(second)).toEqual(await coldRebuild());
  });

  test('DESIGN "Leases": one whose sessions were cut off counts nothing twice, and gets its share again', async () => {
    const first = await open();
    const second = await open();
    await until(() => isFair(first, second));
    await allReach(await write('1'));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = ${`redress ${first.writer.process}`}`.execute(second.writer.db);
    await allReach(await write('2'));
    await until(() => isFair(first, second));
    await allReach(await write('3'));
    expect(await rowsOf(second)).toEqual(await coldRebuild());
  });

  test('a rebuild is made by all of them, and served when all shares have arrived', async () => {
    const first = await open();
    const second = await open();
    await until(() => isFair(first, second));
    await allReach(await write('1'));
    const builder = opened.find(({ runner }) => runner.builds)!;
    expect(await builder.runner.rebuild('notes')).toBe(2);
    const last = await write('2');
    await until(async () => (await standing())!.status.projections[0]!.generation === 2);
    await allReach(last);
    await until(async () => (await standing())!.status.projections.every(({ state }) => state === 'live'));
    expect(await rowsOf(first)).toEqual(await coldRebuild());
  });

  test('a poisoned event stops its own partition, with whoever keeps it then; tried again it goes on', async () => {
    const first = await open();
    const second = await open();
    await until(() => isFair(first, second));
    await allReach(await write('1'));
    poisoned.add('Bad');
    await log.append('a', { type: 'Bad' });
    await allReach(await write('2'));
    const parked = async (): Promise<string[]> =>
      (await standing())!.status.projections[0]!.parked.map(({ partition }) => partition);
    expect(await parked()).toEqual(['a']);
    expect((await standing())!.status.projections[1]).toMatchObject({ state: 'stopped' });
    await close(first);
    await until(() => isFair(second));
    expect(await parked()).toEqual(['a']);
    poisoned.clear();
    expect(await second.runner.retry('notes', 'a')).toBe(1);
    await second.runner.retry('total');
    await allReach((await log.store.head())!);
    await until(async () => (await standing())!.status.projections.every(({ state }) => state === 'live'));
    expect(await rowsOf(second)).toEqual(await coldRebuild());
  });

  test('shares that come from another who is farther or less far go on from where they were', async () => {
    const key = await log.key();
    for (let round = 0; round < 20; round++) for (const it of SUBJECTS) await log.append(it, note(key, `${round}`));
    const first = await open({ coldBatchEvents: 7, batchEvents: 5 });
    const second = await open({ coldBatchEvents: 50, batchEvents: 3 });
    const third = await open({ coldBatchEvents: 11 });
    await close(second);
    await open({ batchEvents: 2 });
    const last = await write('!');
    await allReach(last);
    await until(async () => (await standing())!.status.projections.every(({ state }) => state === 'live'));
    expect(await rowsOf(third)).toEqual(await coldRebuild());
    expect(first.errors).toEqual([]);
  });
});

await onPostgres(async () => {
  const info = (): void => undefined;
  const keeping = (writer: SqlWriter, told: () => void = info, beatMs = BEAT_MS) =>
    new KeepingDealt(writer, { projections: ALL, name: 'test', log: { info: told }, beatMs });
  let writers: SqlWriter[];
  let last: SqlWriter;
  beforeEach(async () => {
    const url = await freshSchema();
    writers = [openWriter({ url }), openWriter({ url })];
    last = writers[1]!;
    await migrateViews(last.db);
  });
  afterEach(async () => {
    for (const writer of writers) await writer.close();
  });

  test('who wants nobody to keep views holds them alone; who would keep them waits, and can be called off', async () => {
    const hold = await last.hold([VIEWS], () => undefined, new AbortController().signal);
    let isWaiting = false;
    const waiting = keeping(writers[0]!, () => void (isWaiting = true));
    const started = waiting.start(() => undefined);
    started.catch(() => undefined);
    await until(() => isWaiting);
    await waiting.stop();
    await expect(started).rejects.toThrow();
    await hold.release();
  });

  test('who gives up while a hold connects is let go, and nothing stays held', async () => {
    const ending = new AbortController();
    const given = last.hold(['duty'], () => undefined, ending.signal);
    ending.abort();
    await expect(given).rejects.toThrow();
    const hold = await last.hold(['duty'], () => undefined, new AbortController().signal);
    await hold.release();
    await hold.ended;
  });

  test('DESIGN "Leases": what was taken over cannot be written by who had it, nor what others have planned otherwise', async () => {
    const [first, second] = writers.map((writer) => keeping(writer)) as [KeepingDealt, KeepingDealt];
    const confirm = (of: KeepingDealt): Promise<void> => writers[0]!.transaction(({ db }) => of.confirm(db));
    await first.start(() => undefined);
    await first.refresh();
    expect(first.shares.size).toBe(14);
    await confirm(first);
    await second.start(() => undefined);
    await first.refresh();
    await second.refresh();
    expect([first.shares.size, second.shares.size]).toEqual([7, 7]);
    await confirm(first);
    await confirm(second);
    const builder = first.shares.has('construction') ? first : second;
    const other = builder === first ? second : first;
    await builder.construct(async () => undefined);
    await confirm(builder);
    await expect(confirm(other)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await expect(other.construct(async () => undefined)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await other.refresh();
    await confirm(other);
    await first.stop();
    await second.refresh();
    expect(second.shares.size).toBe(14);
    await expect(confirm(first)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await second.stop();
  });

  test('DESIGN "Leases": one that stalls within a transaction is ended there, and another keeps its shares', async () => {
    const stalled = keeping(writers[0]!, info, 3_600_000);
    const other = keeping(last);
    await stalled.start(() => undefined);
    await stalled.refresh();
    const duty = await writers[0]!.hold(['duty timer'], info, new AbortController().signal);
    let wake: () => void = info;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let begin: () => void = info;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const writing = writers[0]!.transaction(async ({ db }) => {
      await stalled.confirm(db);
      await db.updateTable('projection_share').set({ checkpoints: 'of the stalled one' }).execute();
      begin();
      await asleep;
    });
    writing.catch(() => undefined);
    await begun;
    await other.start(() => undefined);
    await until(async () => {
      await other.refresh();
      return other.shares.size === 14;
    });
    // Its duties are free, too.
    await duty.ended;
    await (await last.hold(['duty timer'], info, new AbortController().signal)).release();
    wake();
    await expect(writing).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    const written = await last.db.selectFrom('projection_share').select('checkpoints').distinct().execute();
    expect(written).toEqual([{ checkpoints: '{}' }]);
    await stalled.stop();
    await other.stop();
  });
});
