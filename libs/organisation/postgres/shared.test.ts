import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal, TestClock, type Refusal } from '#kernel';
import type { Directory } from '#organisation';
import { controlFile, openEmbeddedDirectory } from '#organisation/embedded';
import { freshSchema } from '#sql/testing';
import { serviceUrl } from '#testing';
import { copyDirectory, openSharedDirectory } from './index.js';

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;
const secret = Buffer.alloc(32, 5);
const clock = new TestClock();

function accepted<T extends object>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.code}`);
  return answer;
}

described('a directory that several processes share', () => {
  let url: string;
  let ours: Directory;
  let theirs: Directory;
  beforeEach(async () => {
    url = await freshSchema();
    [ours, theirs] = await Promise.all([
      openSharedDirectory({ url, secret, clock }),
      openSharedDirectory({ url, secret, clock }),
    ]);
  });
  afterEach(async () => {
    await ours.close();
    await theirs.close();
  });

  /** Notices take a moment on their way. */
  const heard = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  test('of two first starts at once one makes the administrator', async () => {
    const made = await Promise.all(
      [ours, theirs].map((it) => it.bootstrap({ adminKey: 'the same key for both of them' })),
    );
    expect(made.filter((it) => it !== undefined)).toHaveLength(1);
    await heard(() => theirs.listKeys().length === 1 && ours.listKeys().length === 1);
    for (const it of [ours, theirs]) expect(it.authenticate('the same key for both of them')).toBeDefined();
  });

  test('a key issued here comes in there; revoked there it is refused here, with its sessions', async () => {
    const first = (await ours.bootstrap())!;
    const { id: personId } = await ours.addPerson({ kind: 'person', name: '王芳' });
    const { id, key } = accepted(await ours.issueKey({ personId, role: 'agent', label: 'desk' }));
    await heard(() => theirs.authenticate(key) !== undefined);
    const { cookie } = (await theirs.beginSession(key))!;
    await heard(() => ours.authenticateSession(cookie) !== undefined);
    accepted(await theirs.revokeKey(id));
    await heard(() => ours.authenticate(key) === undefined);
    expect(ours.authenticateSession(cookie)).toBeUndefined();
    const out = (await theirs.beginSession(first.key!))!;
    await heard(() => ours.authenticateSession(out.cookie) !== undefined);
    await ours.endSession(out.cookie);
    await heard(() => theirs.authenticateSession(out.cookie) === undefined);
  });

  test('what is checked before it is written is checked by one at a time', async () => {
    await ours.bootstrap();
    const { id: personId } = await ours.addPerson({ kind: 'person', name: '王芳' });
    const answers = await Promise.all(
      [ours, theirs, ours, theirs].map((it) => it.issueKey({ personId, role: 'administrator', label: 'desk' })),
    );
    expect(answers.filter((it) => !isRefusal(it))).toHaveLength(1);
    const keys = ours.listKeys().map(({ id }) => id);
    const revoked = await Promise.all(keys.map((id, at) => (at % 2 ? ours : theirs).revokeKey(id)));
    expect(revoked.filter(isRefusal)).toMatchObject([{ code: 'LAST_ADMINISTRATOR' }]);
  });

  test('people and keys of one machine move in, once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'directory-'));
    const own = await freshSchema();
    const before = await openEmbeddedDirectory({ folder, secret, clock });
    const { personId, key } = (await before.bootstrap())!;
    await before.close();
    const movesIn = controlFile(folder);
    const moved = await openSharedDirectory({ url: own, secret, clock, movesIn });
    expect(moved.authenticate(key!)).toMatchObject({ id: personId, role: 'administrator' });
    expect(await moved.bootstrap()).toBeUndefined();
    expect(existsSync(movesIn)).toBe(false);
    await moved.close();
    rmSync(folder, { recursive: true });
  });

  test('copied into a file of their own, people and keys move into an empty database from there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'directory-'));
    const { personId, key } = (await ours.bootstrap())!;
    await copyDirectory(url, controlFile(folder));
    const restored = await openSharedDirectory({
      url: await freshSchema(),
      secret,
      clock,
      movesIn: controlFile(folder),
    });
    expect(restored.authenticate(key!)).toMatchObject({ id: personId, role: 'administrator' });
    await restored.close();
    rmSync(folder, { recursive: true });
  });
});
