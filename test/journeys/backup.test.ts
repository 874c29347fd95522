import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { caseStream } from '#cases';
import { TestClock, type Instant } from '#kernel';
import { backUp, type BackupReport } from '../../apps/cli/backup/backup.js';
import { restore, type RestoreOrder } from '../../apps/cli/backup/restore.js';
import { CLI } from '../support/command-line.js';
import { EngineProcess, newFolder } from '../support/engine.js';
import { eraseByHand } from '../support/erasing.js';
import { readLog } from '../support/log.js';
import { planted, wordsIn } from '../support/words.js';

const WORD = planted('told-in-confidence');
const MINUTES = 240_000;

interface Acknowledged {
  readonly caseId: string;
  readonly position: string;
  readonly party: string;
}

let engine: EngineProcess;
let place: string;
let made: BackupReport;
let attached: { readonly caseId: string; readonly attachmentId: string };
const taken: Acknowledged[] = [];

async function receive(): Promise<Acknowledged> {
  const { status, body } = await engine.post('/cases', {
    ...{ kind: 'complaint', channel: 'phone', subject: WORD, content: WORD, complainant: { name: WORD } },
  });
  if (status !== 201) throw new Error(`not received: ${JSON.stringify(body)}`);
  return { caseId: body.caseId, position: body.position, party: body.result.complainant };
}

const numberOf = (token: string): number => Number.parseInt(token.split('-')[1]!, 36);
const isInBackup = ({ position }: Acknowledged): boolean => numberOf(position) <= numberOf(made.manifest.log.head);
const redress = (...words: string[]) =>
  spawnSync(process.execPath, [CLI, ...words], { env: { PATH: process.env['PATH'] ?? '' }, encoding: 'utf8' });
const order = (more: Partial<RestoreOrder> = {}): RestoreOrder => ({
  ...{ backup: made.target, folder: join(place, 'refused'), ledger: engine.folder },
  ...{ masterKeyFile: join(engine.folder, 'master.key'), ...more },
});
const refused = async (more: Partial<RestoreOrder>): Promise<string> => {
  const code = await restore(order(more)).then(
    () => 'restored',
    (error: { code?: string }) => error.code ?? String(error),
  );
  expect(existsSync(join(place, 'refused'))).toBe(false);
  return code;
};
/** The backup with something done to it. */
function altered(change: (backup: string) => void): { backup: string; keys: string } {
  const backup = mkdtempSync(join(place, 'altered-'));
  cpSync(made.target, backup, { recursive: true });
  change(backup);
  return { backup, keys: made.keys };
}

/** Given an engine that takes complaints without a pause, and a backup that is made meanwhile. */
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'redress-backup-'));
  engine = await EngineProcess.start();
  taken.push(await receive());
  const { caseId } = taken[0]!;
  const file = await engine.send('POST', `/cases/${caseId}/attachments?fileName=a.txt`, 'attached', {
    'content-type': 'application/octet-stream',
  });
  attached = { caseId, attachmentId: file.body.result.attachmentId };
  let isOver = false;
  const load = Array.from({ length: 4 }, async () => {
    while (!isOver) taken.push(await receive());
  });
  const enough = 40;
  while (taken.length < enough) await new Promise((resolve) => setImmediate(resolve));
  made = await backUp({ folder: engine.folder, target: join(place, 'backup'), keysExpireInDays: 30 });
  const soFar = taken.length;
  while (taken.length < soFar + 10) await new Promise((resolve) => setImmediate(resolve));
  isOver = true;
  await Promise.all(load);
  await engine.stop();
}, MINUTES);

afterAll(async () => {
  await engine.end();
  rmSync(place, { recursive: true, force: true });
});

test('a backup holds no view, no master key and no personal word; keys lie apart', () => {
  const files = readdirSync(made.target).sort();
  expect(files).toEqual(['attachments', 'control.db', 'log.db', 'manifest.json', 'outbox.db']);
  expect(readdirSync(made.keys).sort()).toEqual(['keys.db', 'manifest.json']);
  expect(wordsIn(place, [WORD], () => true)).toEqual([]);
  const masterKey = readFileSync(join(engine.folder, 'master.key'), 'utf8').trim();
  expect(wordsIn(place, [masterKey], () => true)).toEqual([]);
  expect(taken.filter(isInBackup).length).toBeGreaterThanOrEqual(40);
});

test('a target or place that is not empty is refused, and stays as it is', async () => {
  const filled = join(place, 'filled');
  mkdirSync(filled);
  writeFileSync(join(filled, 'mine'), 'mine');
  const again = backUp({ folder: engine.folder, target: filled, keysExpireInDays: 30 });
  await expect(again).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  await expect(restore(order({ folder: filled }))).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  expect(readdirSync(filled)).toEqual(['mine']);
  const within = backUp({ folder: engine.folder, target: join(engine.folder, 'backup'), keysExpireInDays: 30 });
  await expect(within).rejects.toMatchObject({ code: 'TARGET_IN_DATA' });
  const nothing = backUp({ folder: filled, target: join(place, 'of-nothing'), keysExpireInDays: 30 });
  await expect(nothing).rejects.toMatchObject({ code: 'NO_LOG' });
});

test('a folder in which a server runs is refused with where it is', async () => {
  const folder = join(place, 'in-use');
  mkdirSync(folder);
  writeFileSync(join(folder, 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:1', pid: process.pid, key: '' }));
  await expect(restore(order({ folder }))).rejects.toThrow('in use by the server at http://127.0.0.1:1');
});

test('what was cut off, altered or lost in a backup is refused by name, and nothing is left behind', async () => {
  expect(await refused(altered((it) => truncateSync(join(it, 'log.db'), 4096)))).toBe('FILE_TRUNCATED');
  const flip = (file: string): void => {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
  };
  expect(await refused(altered((it) => flip(join(it, 'log.db'))))).toBe('CHECKSUM_WRONG');
  expect(await refused(altered((it) => rmSync(join(it, 'control.db'))))).toBe('FILE_MISSING');
  expect(await refused(altered((it) => truncateSync(join(it, 'manifest.json'), 100)))).toBe('MANIFEST_UNREADABLE');
  expect(await refused(altered((it) => rmSync(join(it, 'manifest.json'))))).toBe('NO_BACKUP');
  const newer = (it: string): void => writeFileSync(join(it, 'manifest.json'), JSON.stringify({ format: 2 }));
  expect(await refused(altered(newer))).toBe('BACKUP_NEWER');
  expect(readdirSync(place).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('EVENTS 3: a log that was altered before its checksums were taken is found by its chain', async () => {
  const { folder } = engine;
  const copy = join(place, 'tampered');
  cpSync(folder, copy, { recursive: true });
  const log = new Database(join(copy, 'log.db'));
  const one = "SELECT position FROM events JOIN types ON types.id = events.type WHERE name = 'CaseReceived' LIMIT 1";
  log.exec(
    `UPDATE events SET data = CAST(replace(CAST(data AS TEXT), 'phone', 'visit') AS BLOB) WHERE position = (${one})`,
  );
  log.close();
  const target = join(place, 'of-tampered');
  const { keys } = await backUp({ folder: copy, target, keysExpireInDays: 30 });
  expect(await refused({ backup: target, keys })).toBe('CHAIN_BROKEN');
});

test('EVENTS 8: keys that have expired, are older than the log or of another one are refused', async () => {
  const late = new TestClock('2100-01-01T00:00:00.000Z' as Instant);
  expect(await refused({ clock: late })).toBe('KEY_BACKUP_EXPIRED');
  const keysWith = (said: object): string => {
    const keys = mkdtempSync(join(place, 'keys-'));
    cpSync(made.keys, keys, { recursive: true });
    const manifest = join(keys, 'manifest.json');
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), ...said }));
    return keys;
  };
  expect(await refused({ keys: keysWith({ madeAt: '2020-01-01T00:00:00.000Z' }) })).toBe('KEYS_OLDER_THAN_LOG');
  expect(await refused({ keys: keysWith({ epoch: 'another' }) })).toBe('KEYS_OF_ANOTHER_LOG');
  expect(await refused({ keys: join(place, 'nowhere') })).toBe('NO_KEY_BACKUP');
  expect(await refused({ ledger: join(place, 'nowhere') })).toBe('LEDGER_MISSING');
  expect(await refused({ masterKeyFile: undefined })).toBe('MASTER_KEY_NEEDED');
  expect(await refused({ masterKeyFile: undefined, masterKey: 'ab'.repeat(32) })).toBe('WRONG_MASTER_KEY');
});

test('EVENTS 8: the next backup deletes the keys beside it that have expired, and nothing else', async () => {
  const beside = mkdtempSync(join(place, 'beside-'));
  const { folder } = engine;
  const first = await backUp({ folder, target: join(beside, 'first'), keysExpireInDays: 1 });
  writeFileSync(join(beside, 'mine'), 'mine');
  const clock = new TestClock('2099-01-01T00:00:00.000Z' as Instant);
  const second = await backUp({ folder, target: join(beside, 'second'), keysExpireInDays: 1, clock });
  expect(second.deleted).toEqual([first.keys]);
  expect(readdirSync(beside).sort()).toEqual(['first', 'mine', 'second', 'second.keys']);
});

const hasPrlimit = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'prlimit')));
(hasPrlimit ? test : test.skip)(
  'a disk that is full ends the backup with what to do, and leaves nothing at the target',
  () => {
    const target = join(place, 'full');
    const words = ['--fsize=200000', process.execPath, CLI, 'backup', target, '--data', engine.folder];
    const { status, stderr } = spawnSync('prlimit', words, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^(DISK_FULL|DISK_FAILED): /);
    expect(readdirSync(place).filter((name) => name.includes('full'))).toEqual([]);
  },
);

test(
  'restored, all that was acknowledged before the cut is there, who was erased since stays erased, and every chain holds',
  async () => {
    const inside = taken.filter(isInBackup);
    const [read, erased] = [inside[1]!, inside[2]!];
    await eraseByHand(engine.folder, erased.caseId, [erased.party]);
    const folder = newFolder();
    const restoring = ['--data', folder, '--ledger', engine.folder, '--master-key', join(engine.folder, 'master.key')];
    const { stdout, stderr } = redress('restore', made.target, ...restoring);
    expect(stderr).toBe('');
    expect(stdout).toContain('erased again after the backup: 1 cases');
    expect(stdout).toContain(made.manifest.log.head);
    const { events } = await readLog(folder);
    expect(events.filter(({ type }) => type === 'SubjectErased').map(({ stream }) => stream)).toEqual([
      caseStream(erased.caseId),
    ]);
    const restored = await EngineProcess.start({}, folder);
    try {
      await restored.caughtUp();
      expect((await restored.get(`/cases/${read.caseId}`)).body).toMatchObject({ subject: { value: WORD } });
      expect(JSON.stringify((await restored.get(`/cases/${erased.caseId}`)).body)).not.toContain(WORD);
      const answers = await Promise.all(taken.map(({ caseId }) => restored.get(`/cases/${caseId}`)));
      expect(answers.map(({ status }) => status)).toEqual(taken.map((it) => (isInBackup(it) ? 200 : 404)));
      const { caseId, attachmentId } = attached;
      expect((await restored.get(`/cases/${caseId}/attachments/${attachmentId}`)).body).toBe('attached');
      // EVENTS 4: tokens up to the cut go on; one behind it is never taken for another place, however far the log grows.
      const next = await restored.get(`/events?after=${inside[0]!.position}&limit=1`);
      expect(next.status).toBe(200);
      expect(numberOf(next.body.next)).toBe(numberOf(inside[0]!.position) + 1);
      const lost = taken
        .filter((it) => !isInBackup(it))
        .slice(0, 20)
        .map(({ position }) => position);
      for (const position of lost) {
        expect((await restored.get(`/events?after=${position}`)).body).toMatchObject({ code: 'POSITION_LOST' });
      }
      expect(restored.log).not.toContain('nobody erased it');
      expect(execFileSync(process.execPath, [CLI, 'verify', '--data', folder], { encoding: 'utf8' })).toContain(
        '; 0 faults',
      );
    } finally {
      await restored.end();
    }
  },
  MINUTES,
);
