import { afterEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EngineProcess, type Answer } from '../support/engine.js';
import { partFromRebuild } from '../support/views.js';

const hasPrlimit = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'prlimit')));
const where = hasPrlimit ? test : test.skip;

const ROOM_BYTES = 200_000;
const COMPLAINT = { kind: 'complaint', channel: 'phone', content: '漏水'.repeat(200), complainant: { name: '王芳' } };

let engine: EngineProcess;
afterEach(() => engine?.end());

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name));

/** The limit on the size of files stands for the end of the disk: write(2) fails in the same places. */
function limitFiles(bytes: number | 'unlimited'): void {
  const { pid } = JSON.parse(engine.said.find((line) => line.startsWith('{"listening"'))!) as { pid: number };
  execFileSync('prlimit', [`--fsize=${bytes}:unlimited`, '--pid', String(pid)]);
}

const attach = (caseId: string, bytes: number): Promise<Answer> =>
  engine.send('POST', `/cases/${caseId}/attachments?fileName=photo`, 'x'.repeat(bytes), {
    'content-type': 'application/octet-stream',
  });

where(
  'issue 11: a full disk is said as what it is, nothing half-written is left, and when there is room again all goes on',
  async () => {
    engine = await EngineProcess.start({ REDRESS_LOG_LEVEL: 'error' });
    const first = (await engine.post('/cases', COMPLAINT)).body.caseId as string;
    await engine.caughtUp();
    // given: no file grows far beyond what it is
    limitFiles(Math.max(...filesIn(engine.folder).map((file) => statSync(file).size)) + ROOM_BYTES);

    // when: more is sent than there is room for
    const attached = await attach(first, 20_000_000);
    const acknowledged: string[] = [first];
    let refused: Answer | undefined;
    while (refused === undefined) {
      const answer = await engine.post('/cases', COMPLAINT);
      if (answer.status === 201) acknowledged.push(answer.body.caseId as string);
      else refused = answer;
    }

    // then: it says so, and asks to try again
    expect([attached.status, attached.body.code]).toEqual([503, 'DISK_FULL']);
    expect([refused.status, refused.body.code]).toEqual([
      503,
      expect.stringMatching(/^(DISK_FULL|STORE_UNAVAILABLE)$/),
    ]);
    expect(refused.body.detail).toMatch(/disk/);
    expect(filesIn(join(engine.folder, 'attachments'))).toEqual([]);

    // when: there is room again
    limitFiles('unlimited');
    let again = await engine.post('/cases', COMPLAINT);
    while (again.status === 503) again = await engine.post('/cases', COMPLAINT);
    acknowledged.push(again.body.caseId as string);
    expect((await attach(first, ROOM_BYTES)).status).toBe(200);

    // then: what was acknowledged is there, what was not is nowhere, and the views are those of the log
    await engine.settled();
    expect((await engine.get('/counts')).body.total).toBe(acknowledged.length);
    for (const caseId of acknowledged) expect((await engine.get(`/cases/${caseId}`)).status).toBe(200);
    // What it says of itself is at most a moment old: it comes to say that all is well.
    while ((await engine.get('/health')).body.status !== 'ok') await new Promise((resolve) => setTimeout(resolve, 50));
    await engine.stop();
    expect(await partFromRebuild(engine.folder)).toEqual([]);
  },
  120_000,
);
