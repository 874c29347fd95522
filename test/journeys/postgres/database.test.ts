import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { migrateToLatest, openSql } from '#sql';
import { freshSchema } from '#sql/testing';
import { serviceUrl, startPostgres, type RestartableServer } from '#testing';
import { runRedress, type Ran } from '../../support/command-line.js';
import { EngineProcess } from '../../support/engine.js';
import { differences, dumpViews, partFromRebuild, rebuildCold } from '../../support/views.js';
import { COMPLAINT } from '../server.js';

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;

let engine: EngineProcess;
afterEach(() => engine?.end());

/** Receives a complaint. @returns its id */
async function receive(more: object = {}): Promise<string> {
  const { status, body } = await engine.post('/cases', { ...COMPLAINT, ...more });
  expect(status).toBe(201);
  return body.caseId as string;
}

/** Runs `redress` on an empty folder as a process of its own. */
async function redress(url: string, ...words: string[]): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-cli-'));
  const ran = await runRedress(words, { REDRESS_DATA: folder, REDRESS_DATABASE_URL: url });
  rmSync(folder, { recursive: true });
  return ran;
}

described('REDRESS_DATABASE_URL', () => {
  test('the views are in PostgreSQL and nowhere else; they equal what SQLite makes of the same log', async () => {
    const url = await freshSchema();
    engine = await EngineProcess.start({ REDRESS_DATABASE_URL: url });
    for (let count = 0; count < 20; count++) {
      const caseId = await receive({ content: `漏水 N°${count} a\0b` });
      if (count % 3 > 0) await engine.post(`/cases/${caseId}/accept`);
      if (count % 3 > 1) await engine.post(`/cases/${caseId}/resolve`, { outcome: 'remedied', resolution: '换了水管' });
    }
    await engine.settled();
    expect((await engine.get('/cases?text=漏水&limit=200')).body.items).toHaveLength(20);
    await engine.stop();
    expect(existsSync(join(engine.folder, 'views.db'))).toBe(false);
    const live = await dumpViews(engine.folder, url);
    expect(live['case_board']).toHaveLength(20);
    expect(differences(live, await rebuildCold(engine.folder))).toEqual([]);
  });

  test('views of another log are refused with what to do, which works', async () => {
    const url = await freshSchema();
    engine = await EngineProcess.start({ REDRESS_DATABASE_URL: url });
    expect((await redress(url, 'migrate', '--forget-views')).out).toContain('ENGINE_RUNNING: a running server keeps');
    await engine.stop();
    // The outbox is tied to its log as well, and says so by itself.
    for (const name of readdirSync(engine.folder)) {
      if (name.startsWith('log.') || name.startsWith('outbox.')) rmSync(join(engine.folder, name));
    }
    await expect(engine.run()).rejects.toThrow(/another event log.*migrate --forget-views/);
    expect(await redress(url, 'migrate', '--forget-views')).toMatchObject({ code: 0 });
    await engine.run();
    const caseId = await receive();
    await engine.caughtUp();
    expect((await engine.get('/cases')).body.items).toMatchObject([{ caseId }]);
  });

  test('a database has the people of one data folder: another one is refused', async () => {
    const url = await freshSchema();
    engine = await EngineProcess.start({ REDRESS_DATABASE_URL: url });
    await expect(EngineProcess.start({ REDRESS_DATABASE_URL: url })).rejects.toThrow(/belong to another data folder/);
  });

  test('with a database named later, keys of the folder go on, and the views are made anew', async () => {
    engine = await EngineProcess.start();
    const caseId = await receive();
    const key = await engine.hire('王芳', 'agent');
    await engine.stop();
    await engine.run({ REDRESS_DATABASE_URL: await freshSchema() });
    await engine.caughtUp();
    const { body } = await engine.get('/cases', { authorization: `Bearer ${key}` });
    expect(body.items).toMatchObject([{ caseId }]);
  });

  test('what an operator can mend ends the start with what it is', async () => {
    const url = await freshSchema();
    const wrong = new URL(url);
    wrong.password = 'not-this-one';
    await expect(EngineProcess.start({ REDRESS_DATABASE_URL: wrong.href })).rejects.toThrow(
      /REDRESS_DATABASE_URL: .*refuses the user or the password/,
    );
    await expect(EngineProcess.start({ REDRESS_DATABASE_URL: 'mysql://x' })).rejects.toThrow(/allowed is postgres:/);
    const db = openSql({ url });
    await migrateToLatest(db, { '9999-of-a-later-release': { up: async () => undefined } }, 'projection_migration');
    await db.destroy();
    await expect(EngineProcess.start({ REDRESS_DATABASE_URL: url })).rejects.toThrow(
      /newer release.*9999-of-a-later-release/,
    );
    expect(await redress(url, 'migrate')).toMatchObject({ code: 1, out: expect.stringMatching(/newer release/) });
  });

  test('redress migrate, several at once: one does it, the others find it done', async () => {
    const url = await freshSchema();
    const runs = await Promise.all([1, 2, 3].map(() => redress(url, 'migrate')));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const lines = runs.flatMap(({ out }) => out.trim().split('\n'));
    const done = lines.filter((line) => line.startsWith('migrated: '));
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done).size).toBe(done.length);
  });
});

described('PostgreSQL goes and comes', () => {
  let folder: string;
  let postgres: RestartableServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redress-postgres-'));
    // PostgreSQL runs as another user and must get through to its own folder.
    chmodSync(folder, 0o755);
    postgres = (await startPostgres(join(folder, 'server')))!;
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  test('one that is not there yet is waited for, and the log says so', async () => {
    await postgres.kill();
    engine = EngineProcess.on({ REDRESS_DATABASE_URL: postgres.url });
    const started = engine.run();
    while (!engine.log.includes('Waiting up to')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(engine.log).toMatch(/cannot be reached/);
    expect(engine.log).not.toContain(new URL(postgres.url).password + '@');
    await postgres.restart();
    await started;
    await receive();
    await engine.caughtUp();
  });

  test('restarted in the middle of load: writes go on, reads say that they cannot, and the views lose nothing', async () => {
    const url = await freshSchema(postgres.url);
    engine = await EngineProcess.start({ REDRESS_DATABASE_URL: url });
    let written = 0;
    let going = true;
    const writing = [1, 2, 3].map(async () => {
      for (; going; written++) await receive();
    });
    const more = async (count: number): Promise<void> => {
      for (const enough = written + count; written < enough;) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await more(50);
    await postgres.kill();
    await more(50);
    expect(await engine.get('/cases')).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    await postgres.restart();
    await more(50);
    going = false;
    await Promise.all(writing);
    await engine.settled();
    expect((await engine.get('/counts')).body.total).toBe(written);
    // What it says of itself is at most a moment old: it comes to say that all is well.
    while ((await engine.get('/health')).body.status !== 'ok') await new Promise((resolve) => setTimeout(resolve, 50));
    await engine.stop();
    expect(await partFromRebuild(engine.folder, { REDRESS_DATABASE_URL: url })).toEqual([]);
  });
});
