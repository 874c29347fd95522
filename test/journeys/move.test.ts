import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { START } from '#kernel';
import { freshSchema } from '#sql/testing';
import { serviceUrl } from '#testing';
import { EndpointProcess } from '../../libs/event-store/endpoint/testing/endpoint-process.js';
import { CLI } from '../support/command-line.js';
import { EngineProcess } from '../support/engine.js';

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;
const MINUTES = 180_000;

interface Taken {
  readonly caseId: string;
  readonly position: string;
  readonly text: string;
}

described('a desk outgrows its machine, and comes back', () => {
  let engine: EngineProcess;
  let endpoint: EndpointProcess;
  let databaseUrl: string;
  const taken: Taken[] = [];
  let attached: string;

  const environment = () => ({
    ...{ PATH: process.env['PATH'] ?? '', REDRESS_DATA: engine.folder, REDRESS_DATABASE_URL: databaseUrl },
  });
  /** Runs `redress` on the folder of the engine, which is stopped or is refused. */
  const redress = (...words: string[]) =>
    spawnSync(process.execPath, [CLI, ...words], { env: environment(), encoding: 'utf8' });

  /** Kills it when it has copied something; it may have come further by then. */
  async function killedWhileItMoves(): Promise<void> {
    const mover = spawn(process.execPath, [CLI, 'move', '--to', endpoint.url], { env: environment(), stdio: 'ignore' });
    const ended = once(mover, 'exit');
    const there = openEmbeddedEventReader({ folder: endpoint.folder });
    while (there.readAllBatch(START, 10).length < 10 && mover.exitCode === null)
      await new Promise((resolve) => setImmediate(resolve));
    mover.kill('SIGKILL');
    await ended;
    await there.close();
  }

  async function receive(text: string): Promise<void> {
    const { status, body } = await engine.post('/cases', {
      ...{ kind: 'complaint', channel: 'phone', content: text, complainant: { name: '王芳' } },
    });
    if (status !== 201) throw new Error(`not received: ${JSON.stringify(body)}`);
    taken.push({ caseId: body.caseId, position: body.position, text });
  }

  /** Everything that was ever acknowledged is there, its words can be read, and who followed the feed goes on. */
  async function allIsThere(): Promise<void> {
    await engine.caughtUp();
    for (const { caseId, text } of taken)
      expect((await engine.get(`/cases/${caseId}`)).body).toMatchObject({ content: { value: text } });
    const [first] = taken as [Taken];
    const { body } = await engine.get(`/cases/${first.caseId}/attachments/${attached}`);
    expect(body).toBe('attached');
    for (const [at, { position }] of taken.entries()) {
      const { status, body: page } = await engine.get(`/events?after=${position}&types=CaseReceived&limit=1000`);
      const behind = (page.events as { subject: string }[]).map(({ subject }) => subject);
      expect([status, behind]).toEqual([200, taken.slice(at + 1).map(({ caseId }) => caseId)]);
    }
    const { status: notices, body: told } = await engine.get('/notifications?limit=200');
    expect([notices, Array.isArray(told.items)]).toEqual([200, true]);
  }

  beforeAll(async () => {
    endpoint = await EndpointProcess.start();
    databaseUrl = await freshSchema();
    engine = await EngineProcess.start();
    for (let at = 0; at < 5; at++) await receive(`on one machine ${at}`);
    const sent = await engine.send('POST', `/cases/${taken[0]!.caseId}/attachments?fileName=a.txt`, 'attached', {
      'content-type': 'application/octet-stream',
    });
    attached = sent.body.result.attachmentId;
  }, MINUTES);
  afterAll(async () => {
    await engine.end();
    await endpoint.end();
  });

  test('while the server runs it is refused, and says which', () => {
    const { status, stderr } = redress('move', '--to', endpoint.url);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`in use by the server at ${engine.url}`)]);
  });

  test(
    'to EventStoreDB and PostgreSQL: the engine goes on there with all that it had',
    async () => {
      expect(await engine.stop()).toBe(0);
      await killedWhileItMoves();
      const { status, stdout, stderr } = redress('move', '--to', endpoint.url);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(
        /\d+ events moved and compared; \d+ keys, \d+ jobs\n5 cases followed by their chains, 0 faults\n/,
      );
      const left = readdirSync(engine.folder);
      expect(left).toEqual(expect.arrayContaining(['attachments', 'control.db', 'log.db.moved', 'master.key']));
      for (const gone of ['keys.db', 'log.db', 'outbox.db', 'views.db']) expect(left).not.toContain(gone);
      await engine.run({ EVENTSTOREDB_URL: endpoint.url, REDRESS_DATABASE_URL: databaseUrl });
      await allIsThere();
      await receive('on several machines');
      await allIsThere();
      expect(engine.log).not.toContain('nobody erased it');
    },
    MINUTES,
  );

  test(
    'and back into the folder, with what was added there',
    async () => {
      const running = redress('move', '--from', endpoint.url);
      expect([running.status, running.stderr]).toEqual([1, expect.stringContaining('ENGINE_RUNNING')]);
      expect(await engine.stop()).toBe(0);
      const { status, stdout, stderr } = redress('move', '--from', endpoint.url);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('6 cases followed by their chains, 0 faults');
      expect(existsSync(join(engine.folder, 'log.db'))).toBe(true);
      const again = redress('move', '--from', endpoint.url);
      expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('TARGET_NOT_EMPTY')]);
      await engine.run();
      await allIsThere();
      await receive('at home again');
      await allIsThere();
      expect(engine.log).not.toContain('nobody erased it');
    },
    MINUTES,
  );
});
