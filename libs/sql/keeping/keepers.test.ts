import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { comparePositions, type Position } from '#kernel';
import { sql } from 'kysely';
import { openWriter, standingOf, type Row, type SharedStanding, type SqlWriter } from '../index.js';
import { freshSchema, note, notes, onPostgres, TestLog, TestViews, total } from '../testing/index.js';

const PROGRAM = new URL('../testing/keeper-process.js', import.meta.url);
const TABLES = ['notes', 'logged', 'letters', 'total'];
const SUBJECTS = [...'abcdefghijklmnopqrstuvwxyz'];
const PATIENCE_MS = 240_000;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

await onPostgres(async () => {
  let log: TestLog;
  let url: string;
  let writer: SqlWriter;
  let keepers: ChildProcess[];
  let written = 0;

  beforeEach(async () => {
    log = await TestLog.open();
    url = await freshSchema();
    writer = openWriter({ url });
    keepers = [];
  });
  afterEach(async () => {
    for (const it of keepers) it.kill('SIGKILL');
    await writer.close();
    await log.close();
  });

  async function join(): Promise<ChildProcess> {
    const keeper = fork(PROGRAM, [log.folder, url], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    keepers.push(keeper);
    await once(keeper, 'message');
    return keeper;
  }

  /** Ends it as the signal does, or as a graceful stop. */
  async function end(keeper: ChildProcess, how: 'SIGKILL' | 'stop'): Promise<void> {
    keepers = keepers.filter((it) => it !== keeper);
    const ended = once(keeper, 'exit');
    if (how === 'stop') keeper.send('stop');
    else keeper.kill(how);
    await ended;
  }

  async function write(rounds: number): Promise<Position> {
    const key = await log.key();
    let position: Position;
    for (let round = 0; round < rounds; round++) {
      for (const subject of SUBJECTS) position = await log.append(subject, note(key, `${subject}${written++}`));
    }
    for (const it of keepers) it.send('look');
    return position!;
  }

  const standing = (): Promise<SharedStanding | undefined> => standingOf(writer.db, ['notes', 'total']);

  async function until(isSo: (standing: SharedStanding) => boolean): Promise<SharedStanding> {
    for (;;) {
      const now = await standing();
      if (now && isSo(now)) return now;
      // Who took over reads by itself; who was there already must hear that the log of another process has grown.
      for (const it of keepers) if (it.connected) it.send('look');
      await turn();
    }
  }

  const allReach = (position: Position): Promise<SharedStanding> =>
    until((now) => comparePositions(now.position, position) >= 0);

  /** The processes that keep something, once each has its share. */
  async function shared(count: number): Promise<void> {
    await until(({ status }) => {
      const slots = status.projections.flatMap((it) => it.keepers);
      const workers = new Set(slots.map(({ worker }) => worker));
      return workers.size === count && !workers.has(null);
    });
  }

  async function coldRebuild(): Promise<Row[][]> {
    const cold = await TestViews.open(log, [notes(), total], { named: 'cold' });
    try {
      await cold.reached((await log.store.head())!);
      await cold.serves('notes', 1);
      return await Promise.all(TABLES.map((table) => cold.rows(table)));
    } finally {
      await cold.close();
    }
  }

  async function rows(): Promise<Row[][]> {
    const all = await Promise.all(
      TABLES.map((table) => writer.db.selectFrom(table).selectAll().execute() as Promise<Row[]>),
    );
    return all.map((rows) => rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
  }

  test(
    'issue 11: processes join, go, are killed and stall in the middle of load; one that stalled wakes and commits nothing that is another’s',
    async () => {
      const first = await join();
      await allReach(await write(5));
      const second = await join();
      const third = await join();
      await shared(3);
      // A stall is anywhere: also within a transaction that has rows locked.
      const during = write(40);
      first.kill('SIGSTOP');
      await during;
      keepers = [second, third];
      await allReach(await write(2));
      await shared(2);
      const epochs = await sql<{ sum: number }>`select sum(epoch)::int as sum from projection_share`.execute(writer.db);
      expect(epochs.rows[0]!.sum).toBeGreaterThan(14);
      keepers = [first, second, third];
      first.kill('SIGCONT');
      await allReach(await write(5));
      await shared(3);
      await end(second, 'SIGKILL');
      await allReach(await write(20));
      await shared(2);
      await join();
      await shared(3);
      await end(third, 'stop');
      await allReach(await write(2));
      await until(({ status }) => status.projections.every(({ state }) => state === 'live'));
      expect(await rows()).toEqual(await coldRebuild());
    },
    PATIENCE_MS,
  );
});
