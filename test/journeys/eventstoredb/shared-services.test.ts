import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb } from '#event-store/eventstoredb';
import { freshSchema } from '#sql/testing';
import { serviceUrl } from '#testing';
import { backUp, type BackupReport } from '../../../apps/cli/backup/backup.js';
import { connect, type EngineClient } from '../../../apps/cli/client.js';
import { openVault } from '../../../apps/worker/vault-place.js';
import { EndpointProcess } from '../../../libs/event-store/endpoint/testing/endpoint-process.js';
import { runRedress, type Ran } from '../../support/command-line.js';
import { EngineProcess, newFolder } from '../../support/engine.js';
import { erase } from '../../support/erasing.js';
import { planted, wordsIn } from '../../support/words.js';

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;
const MINUTES = 240_000;
const WORD = planted('told-in-confidence');
const pack = readFileSync(join(import.meta.dirname, '../../../libs/policy/packs/group.yaml'), 'utf8');
/** What a process that shares its log has of its own in its data folder: no log, no keys, no views. */
const ITS_OWN = /^(attachments|erasures\.jsonl|log-elsewhere|server\.json|test-clock|lock\.sqlite|.*\.checkpoint)$/;

described('beside EventStoreDB, PostgreSQL and Redis that are shared', () => {
  const masterKey = randomBytes(32);
  let endpoint: EndpointProcess;
  let stores: Record<string, string>;
  let engine: EngineProcess;
  /** Data folders of the command line on machines where no server runs. */
  const folders: string[] = [];
  let place: string;
  const folder = (): string => {
    const made = newFolder();
    folders.push(made);
    return made;
  };
  const redress = (data: string, ...words: string[]): Promise<Ran> =>
    runRedress(words, { ...stores, REDRESS_DATA: data });

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'redress-shared-'));
    endpoint = await EndpointProcess.start();
    const redis = await serviceUrl('redis');
    stores = {
      EVENTSTOREDB_URL: endpoint.url,
      REDRESS_DATABASE_URL: await freshSchema(),
      REDRESS_MASTER_KEY: masterKey.toString('base64'),
      ...(redis !== undefined && { REDRESS_REDIS_URL: redis }),
    };
    // What reads settings in this process reads these.
    Object.assign(process.env, stores);
  }, MINUTES);
  afterAll(async () => {
    for (const name of Object.keys(stores)) delete process.env[name];
    await engine.end();
    await endpoint.end();
    for (const it of [...folders, place]) rmSync(it, { recursive: true, force: true });
  });

  /** One of each kind of command that asks an engine. */
  async function allWorks(client: EngineClient, mark: string): Promise<void> {
    const at = '2020-03-01T08:00:00.000Z';
    const past = {
      ...{ sourceKey: mark, source: 'incident-log', mapping: 'incident-log@1', kind: 'complaint', channel: 'phone' },
      ...{ persons: 1, circumstances: [], openedAt: at, takenOverAt: await client.now(), entries: [] },
    };
    const [imported] = await client.importCases([past]);
    expect(imported).toMatchObject({ status: 'imported' });
    expect(await client.importCases([past])).toMatchObject([{ status: 'known', caseId: imported!.caseId }]);
    const customers = { text: `key,name\n${mark},王芳\n`, dryRun: false };
    expect(await client.importCustomers(customers)).toMatchObject({ recorded: 1, rejected: 0 });
    const text = `units:\n  - { unit: ${mark}, label: { zh: 东区, en: East }, kind: branch }\n`;
    expect(await client.importOrganisation({ text, format: 'yaml', createPeople: false, dryRun: false })).toMatchObject(
      {
        recorded: 1,
      },
    );
    expect((await client.organisation({})).units.map(({ unit }) => unit)).toContain(mark);
    const published = await client.publishPack({
      text: pack.replace('id: group', `id: ${mark}`),
      fileName: `${mark}.yaml`,
    });
    expect(published).toMatchObject({ known: false });
    expect((await client.packs()).map((it) => it.pack)).toContain(mark);
    const { caseId } = imported!;
    expect((await client.timeline(caseId!, { by: 'recorded' })).length).toBeGreaterThan(0);
    expect((await client.explanation(caseId!, { by: 'recorded' })).caseId).toBe(caseId);
    expect(await client.notifications(undefined)).toEqual(expect.any(Array));
    expect(await client.jobs(undefined, undefined)).toEqual(expect.any(Array));
    expect([await client.retryJobs(undefined, undefined), await client.retryNotifications(undefined)]).toEqual([0, 0]);
    expect((await client.calendars()).length).toBeGreaterThan(0);
  }

  async function asked(data: string, mark: string, more?: (client: EngineClient) => Promise<void>): Promise<void> {
    const client = await connect({ data });
    try {
      await allWorks(client, mark);
      await more?.(client);
    } finally {
      await client.close();
    }
  }

  const asksWhatIf = async (client: EngineClient): Promise<void> => {
    const answer = await client.whatIf({ text: pack, fileName: 'group.yaml' }, () => undefined);
    expect(answer).toMatchObject({ state: 'done', sum: { differing: 0 } });
  };

  test('before any server ran, what needs one says so instead of waiting for it', async () => {
    const client = await connect({ data: folder() });
    try {
      expect((await client.packs()).length).toBeGreaterThan(0);
      await expect(asksWhatIf(client)).rejects.toThrow(/^NO_WORKER: /);
    } finally {
      await client.close();
    }
  });

  test(
    'every command works beside a server on its folder, and from a machine where none runs',
    async () => {
      engine = await EngineProcess.start(stores);
      await asked(engine.folder, 'beside', async (client) => {
        await asksWhatIf(client);
        await client.rebuild('case-board');
      });
      await asked(folder(), 'elsewhere', async (client) => {
        await asksWhatIf(client);
        await client.rebuild('deadlines');
        await expect(client.rebuild('nothing')).rejects.toThrow(/^PROJECTION_NOT_FOUND: /);
      });
      const verified = await redress(folder(), 'verify');
      expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/ events of 2 cases, .*; 0 faults\n$/) });
      expect(await redress(folder(), 'migrate', '--forget-views')).toMatchObject({
        code: 1,
        out: expect.stringContaining('ENGINE_RUNNING'),
      });
      expect(await redress(folder(), 'move', '--from', endpoint.url)).toMatchObject({
        code: 1,
        out: expect.stringContaining('ENGINE_RUNNING'),
      });
    },
    MINUTES,
  );

  interface Taken {
    readonly caseId: string;
    readonly position: string;
    readonly party: string;
  }
  const taken: Taken[] = [];
  let made: BackupReport;
  let attached: { readonly caseId: string; readonly attachmentId: string };

  async function receive(): Promise<Taken> {
    const { status, body } = await engine.post('/cases', {
      ...{ kind: 'complaint', channel: 'phone', subject: WORD, content: WORD, complainant: { name: WORD } },
    });
    if (status !== 201) throw new Error(`not received: ${JSON.stringify(body)}`);
    return { caseId: body.caseId, position: body.position, party: body.result.complainant };
  }
  const isInBackup = ({ position }: Taken): boolean => numberOf(position) <= numberOf(made.manifest.log.head);
  const numberOf = (token: string): number => Number.parseInt(token.split('-')[1]!, 36);

  test(
    'redress backup beside load: files as those of one machine, keys apart, no personal word, nothing of its own left',
    async () => {
      taken.push(await receive());
      const { caseId } = taken[0]!;
      const file = await engine.send('POST', `/cases/${caseId}/attachments?fileName=a.txt`, 'attached', {
        'content-type': 'application/octet-stream',
      });
      attached = { caseId, attachmentId: file.body.result.attachmentId };
      let isOver = false;
      const load = Array.from({ length: 3 }, async () => {
        while (!isOver) taken.push(await receive());
      });
      const more = async (count: number): Promise<void> => {
        for (const enough = taken.length + count; taken.length < enough;)
          await new Promise((resolve) => setImmediate(resolve));
      };
      await more(20);
      const { EVENTSTOREDB_URL: eventStoreUrl, REDRESS_DATABASE_URL: databaseUrl } = stores;
      const order = { folder: engine.folder, eventStoreUrl, databaseUrl, keysExpireInDays: 30 };
      made = await backUp({ ...order, target: join(place, 'backup') });
      await more(10);
      isOver = true;
      await Promise.all(load);
      // Whoever asked what if has given up the keys of what was handed in: that is in the ledger.
      const files = readdirSync(made.target).filter((name) => name !== 'erasures.jsonl');
      expect(files.sort()).toEqual(['attachments', 'control.db', 'log.db', 'manifest.json', 'outbox.db']);
      expect(readdirSync(made.keys).sort()).toEqual(['keys.db', 'manifest.json']);
      expect(wordsIn(place, [WORD, stores['REDRESS_MASTER_KEY']!], () => true)).toEqual([]);
      expect(taken.filter(isInBackup).length).toBeGreaterThanOrEqual(20);
      expect(taken.every(isInBackup)).toBe(false);
      const wrong = backUp({ ...order, target: join(place, 'wrong'), databaseUrl: await freshSchema() });
      await expect(wrong).rejects.toMatchObject({ code: 'NO_LOG' });
      expect(readdirSync(place).sort()).toEqual(['backup', 'backup.keys']);
    },
    MINUTES,
  );

  test(
    'without any server commands work all the same; what only a worker can do says so',
    async () => {
      // Erased after the backup, which must not bring it back.
      const erased = taken.filter(isInBackup)[2]!;
      const store = await openEventStoreDb(endpoint.url);
      const vault = await openVault(
        {
          folder: engine.folder,
          databaseUrl: stores['REDRESS_DATABASE_URL'],
          eventStoreUrl: stores['EVENTSTOREDB_URL'],
        },
        { masterKey, pool: true },
      );
      await erase({ store, vault }, erased.caseId, [erased.party]);
      await store.close();
      await vault.close();
      await engine.stop();
      await asked(engine.folder, 'alone', async (client) => {
        await expect(client.rebuild('case-board')).rejects.toThrow(/^NO_WORKER: /);
      });
      const { EVENTSTOREDB_URL: _, REDRESS_DATABASE_URL: __, ...unset } = stores;
      const forgotten = await runRedress(['verify'], { ...unset, REDRESS_DATA: engine.folder });
      expect(forgotten).toMatchObject({ code: 1, out: expect.stringContaining('LOG_ELSEWHERE') });
      for (const it of [...folders, engine.folder]) {
        if (existsSync(it)) expect(readdirSync(it).filter((name) => !ITS_OWN.test(name))).toEqual([]);
      }
    },
    MINUTES,
  );

  test(
    'restored and moved to another EventStoreDB, all that was acknowledged before the cut is there, and who was erased is not',
    async () => {
      const ledger = join(engine.folder, 'erasures.jsonl');
      const erased = taken.filter(isInBackup)[2]!;
      const data = join(place, 'restored');
      const restored = await redress(place, 'restore', made.target, '--data', data, '--ledger', ledger);
      expect(restored).toMatchObject({
        code: 0,
        out: expect.stringContaining('erased again after the backup: 1 cases'),
      });
      const there = await EndpointProcess.start();
      const lost = endpoint;
      endpoint = there;
      await lost.end();
      await engine.end();
      const old = { REDRESS_DATABASE_URL: stores['REDRESS_DATABASE_URL']! };
      stores = { ...stores, EVENTSTOREDB_URL: there.url, REDRESS_DATABASE_URL: await freshSchema() };
      // The database of the lost log is refused before anything is moved into it.
      const used = await runRedress(['move', '--to', there.url], { ...stores, ...old, REDRESS_DATA: data });
      expect(used).toMatchObject({ code: 1, out: expect.stringContaining('OUTBOX_NOT_EMPTY') });
      expect(existsSync(join(data, 'keys.db'))).toBe(true);
      expect(await redress(data, 'move', '--to', there.url)).toMatchObject({
        code: 0,
        out: expect.stringContaining(', 0 faults'),
      });
      engine = await EngineProcess.start(stores, data);
      await engine.caughtUp();
      const [first] = taken;
      expect((await engine.get(`/cases/${first!.caseId}`)).body).toMatchObject({ subject: { value: WORD } });
      expect(JSON.stringify((await engine.get(`/cases/${erased.caseId}`)).body)).not.toContain(WORD);
      const answers = await Promise.all(taken.map(({ caseId }) => engine.get(`/cases/${caseId}`)));
      expect(answers.map(({ status }) => status)).toEqual(taken.map((it) => (isInBackup(it) ? 200 : 404)));
      const { caseId, attachmentId } = attached;
      expect((await engine.get(`/cases/${caseId}/attachments/${attachmentId}`)).body).toBe('attached');
      // EVENTS 4: who followed the feed goes on up to the cut, and is told behind it.
      const inside = taken.filter(isInBackup);
      for (const { position } of [inside[0]!, inside.at(-1)!]) {
        const { status, body } = await engine.get(`/events?after=${position}&types=CaseReceived&limit=1000`);
        const behind = inside.filter((it) => numberOf(it.position) > numberOf(position)).map((it) => it.caseId);
        expect([status, body.events.map((it: { subject: string }) => it.subject)]).toEqual([
          200,
          expect.arrayContaining(behind),
        ]);
      }
      const late = taken.find((it) => !isInBackup(it))!;
      expect((await engine.get(`/events?after=${late.position}`)).body).toMatchObject({ code: 'POSITION_LOST' });
      expect(engine.log).not.toContain('nobody erased it');
    },
    MINUTES,
  );
});
