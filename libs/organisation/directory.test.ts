import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal, TestClock, type Refusal } from '#kernel';
import type { Directory } from '#organisation';
import { openEmbeddedDirectory } from '#organisation/embedded';
import { openSharedDirectory } from '#organisation/postgres';
import { openSql, tablesOf } from '#sql';
import { isOnPostgres, placeOf } from '#sql/testing';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const secret = randomBytes(32);

let folder: string;
let clock: TestClock;
let directory: Directory;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'directory-'));
  clock = new TestClock();
  directory = await opened();
});

afterEach(async () => {
  await directory.close();
  rmSync(folder, { recursive: true });
});

async function restart(): Promise<void> {
  await directory.close();
  directory = await opened();
}

/** On the store that this run is about (`onPostgres`). */
async function opened(under = secret): Promise<Directory> {
  const place = await placeOf(folder, 'control');
  return 'url' in place
    ? openSharedDirectory({ url: place.url, secret: under, clock })
    : openEmbeddedDirectory({ folder, secret: under, clock });
}

/** Every byte at rest. */
async function atRest(): Promise<Buffer> {
  if (!isOnPostgres()) return Buffer.concat(readdirSync(folder).map((file) => readFileSync(join(folder, file))));
  const db = openSql<Record<string, object>>(await placeOf(folder, 'control'));
  const tables = await Promise.all((await tablesOf(db)).map((table) => db.selectFrom(table).selectAll().execute()));
  await db.destroy();
  return Buffer.from(JSON.stringify(tables));
}

function accepted<T extends object>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.code}`);
  return answer;
}

async function anAgent(): Promise<{ personId: string; keyId: string; key: string }> {
  const { id: personId } = await directory.addPerson({ kind: 'person', name: '王芳', unit: 'service-centre' });
  const { id: keyId, key } = accepted(await directory.issueKey({ personId, role: 'agent', label: 'desk' }));
  return { personId, keyId, key };
}

describe('the first administrator', () => {
  test('is made on an empty directory with a random key and a link that works once within a day', async () => {
    const first = (await directory.bootstrap())!;
    expect(first.key).toMatch(/^rk_[\w-]{43}$/);
    expect(directory.authenticate(first.key!)).toEqual({ id: first.personId, role: 'administrator', key: first.keyId });
    expect(directory.listPeople()).toMatchObject([{ name: 'admin', kind: 'person', active: true }]);
    expect(directory.listKeys()).toMatchObject([{ label: 'admin', role: 'administrator' }]);
    clock.advance(23 * HOUR);
    const session = accepted(await directory.redeemSignInLink(first.signIn.token));
    expect(directory.authenticateSession(session.cookie)).toEqual({
      id: first.personId,
      role: 'administrator',
      key: session.id,
    });
    expect(await directory.redeemSignInLink(first.signIn.token)).toMatchObject({ code: 'SIGN_IN_LINK_USED' });
  });

  test('takes REDRESS_ADMIN_KEY as it is, a short one with a warning, and does not show it again', async () => {
    const first = (await directory.bootstrap({ adminKey: 'secret' }))!;
    expect(first).toMatchObject({ warning: expect.stringContaining('6 characters') });
    expect(first.key).toBeUndefined();
    expect(directory.authenticate('secret')).toMatchObject({ role: 'administrator' });
  });

  test('with a long key there is nothing to warn of', async () => {
    expect((await directory.bootstrap({ adminKey: 'x'.repeat(20) }))!.warning).toBeUndefined();
  });

  test('is made by the next start where the first was killed before the key was written', async () => {
    const { id: personId } = await directory.addPerson({ kind: 'person', name: 'admin' });
    await restart();
    expect(await directory.bootstrap()).toMatchObject({ personId });
    expect(directory.listPeople()).toHaveLength(1);
  });

  test('is made by the first start of the server, also where the command line had a key before', async () => {
    const { id: personId } = await directory.addPerson({ kind: 'service', name: 'local operator' });
    await directory.issueKey({ personId, role: 'administrator', label: 'command line' });
    expect(await directory.bootstrap({ adminKey: 'the first administrator' })).toBeDefined();
    expect(directory.authenticate('the first administrator')).toMatchObject({ role: 'administrator' });
    expect(await directory.bootstrap()).toBeUndefined();
  });

  test('is made once: on a directory with keys the key given changes nothing', async () => {
    await directory.bootstrap({ adminKey: 'the first administrator' });
    await restart();
    expect(await directory.bootstrap({ adminKey: 'somebody who comes later' })).toBeUndefined();
    expect(directory.authenticate('somebody who comes later')).toBeUndefined();
    expect(directory.authenticate('the first administrator')).toBeDefined();
  });
});

describe('keys', () => {
  test('O-1: one person is one person under however many keys', async () => {
    const { personId, keyId, key } = await anAgent();
    const second = accepted(await directory.issueKey({ personId, role: 'supervisor', label: 'night shift' }));
    expect(directory.authenticate(key)).toEqual({ id: personId, role: 'agent', unit: 'service-centre', key: keyId });
    expect(directory.authenticate(second.key)).toMatchObject({ id: personId, role: 'supervisor', key: second.id });
  });

  test('nothing but a key authenticates', async () => {
    const { key } = await anAgent();
    for (const wrong of ['', key.slice(0, -1), `${key} `, key.toUpperCase(), 'admin']) {
      expect(directory.authenticate(wrong)).toBeUndefined();
    }
  });

  test('are hashed at rest under a secret that is not in the file: neither key nor plain hash is in it', async () => {
    const first = (await directory.bootstrap({ adminKey: 'short' }))!;
    const { key } = await anAgent();
    const session = (await directory.beginSession(key))!;
    const files = await atRest();
    expect(files.includes('admin')).toBe(true);
    for (const hidden of [key, session.cookie, first.signIn.token, 'short']) expect(files.includes(hidden)).toBe(false);
    await directory.close();
    // Where several share it, who has another secret does not even come so far.
    if (isOnPostgres()) await expect(opened(randomBytes(32))).rejects.toThrow(/another data folder/);
    directory = await opened(isOnPostgres() ? secret : randomBytes(32));
    expect(directory.authenticate('short') !== undefined).toBe(isOnPostgres());
  });

  test('a revoked one is refused at once and after a restart, and so are its sessions', async () => {
    const { keyId, key } = await anAgent();
    const { cookie } = (await directory.beginSession(key))!;
    const revoking = directory.revokeKey(keyId);
    // Where several share the directory it holds when it is answered.
    if (isOnPostgres()) await revoking;
    expect(directory.authenticate(key)).toBeUndefined();
    expect(directory.authenticateSession(cookie)).toBeUndefined();
    expect(accepted(await revoking).revokedAt).toBe(clock.now());
    clock.advance(MINUTE);
    expect(accepted(await directory.revokeKey(keyId)).revokedAt).not.toBe(clock.now());
    expect(await directory.beginSession(key)).toBeUndefined();
    await restart();
    expect(directory.authenticate(key)).toBeUndefined();
    expect(directory.authenticateSession(cookie)).toBeUndefined();
  });

  test('nobody locks everybody out: the last administrator’s key and person stay', async () => {
    const first = (await directory.bootstrap())!;
    expect(await directory.revokeKey(first.keyId)).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    expect(await directory.setPersonActive(first.personId, false)).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    accepted(await directory.issueKey({ personId: first.personId, role: 'administrator', label: 'another' }));
    accepted(await directory.revokeKey(first.keyId));
  });

  test('belong to people who are there; names are unique among keys that stand', async () => {
    const { personId, keyId } = await anAgent();
    const desk = { personId, role: 'agent', label: 'desk' } as const;
    expect(await directory.issueKey({ ...desk, personId: 'nobody' })).toMatchObject({ code: 'PERSON_UNKNOWN' });
    expect(await directory.issueKey(desk)).toMatchObject({ code: 'KEY_NAME_TAKEN' });
    expect(await directory.revokeKey('none')).toMatchObject({ code: 'KEY_UNKNOWN' });
    accepted(await directory.revokeKey(keyId));
    accepted(await directory.issueKey(desk));
  });

  test('whoever left comes in neither by key nor by session nor by link, until they are back', async () => {
    const { personId, key } = await anAgent();
    const { cookie } = (await directory.beginSession(key))!;
    const link = accepted(await directory.createSignInLink({ personId, role: 'agent' }));
    accepted(await directory.setPersonActive(personId, false));
    expect([directory.authenticate(key), directory.authenticateSession(cookie)]).toEqual([undefined, undefined]);
    expect(await directory.redeemSignInLink(link.token)).toMatchObject({ refused: true });
    expect(await directory.createSignInLink({ personId, role: 'agent' })).toMatchObject({ code: 'PERSON_INACTIVE' });
    await restart();
    expect(directory.authenticate(key)).toBeUndefined();
    accepted(await directory.setPersonActive(personId, true));
    expect(directory.authenticate(key)).toMatchObject({ id: personId });
  });

  test('when one was last used is known to the minute and survives a restart', async () => {
    const { key } = await anAgent();
    expect(directory.listKeys()[0]).not.toHaveProperty('lastUsedAt');
    clock.advance(90_000);
    directory.authenticate(key);
    await restart();
    expect(directory.listKeys()[0]!.lastUsedAt).toBe('2026-01-05T01:01:00.000Z');
    expect(directory.listKeys()[0]).not.toHaveProperty('hash');
  });
});

describe('sessions and links', () => {
  test('a session lasts twelve hours, over a restart, and ends when it is ended', async () => {
    const { personId, key } = await anAgent();
    const [kept, ended] = [(await directory.beginSession(key))!, (await directory.beginSession(key))!];
    await directory.endSession(ended.cookie);
    await restart();
    expect(directory.authenticateSession(ended.cookie)).toBeUndefined();
    clock.advance(12 * HOUR - 1);
    expect(directory.authenticateSession(kept.cookie)).toEqual({
      id: personId,
      role: 'agent',
      unit: 'service-centre',
      key: kept.id,
    });
    clock.advance(1);
    expect(directory.authenticateSession(kept.cookie)).toBeUndefined();
  });

  test('a sign-in link works once, for one of any who use it at once, within fifteen minutes', async () => {
    const { personId } = await anAgent();
    const standing = { personId, role: 'agent' } as const;
    const { token } = accepted(await directory.createSignInLink(standing));
    const late = accepted(await directory.createSignInLink(standing));
    const answers = await Promise.all(Array.from({ length: 5 }, () => directory.redeemSignInLink(token)));
    expect(answers.filter(isRefusal)).toHaveLength(4);
    clock.advance(15 * MINUTE);
    expect(await directory.redeemSignInLink(late.token)).toMatchObject({ code: 'SIGN_IN_LINK_EXPIRED' });
    expect(await directory.redeemSignInLink('rl_none')).toMatchObject({ code: 'SIGN_IN_LINK_UNKNOWN' });
  });

  test('a cookie is no key and a key no cookie', async () => {
    const { key } = await anAgent();
    const { cookie } = (await directory.beginSession(key))!;
    expect(directory.authenticate(cookie)).toBeUndefined();
    expect(directory.authenticateSession(key)).toBeUndefined();
  });
});

describe('whom a word of a pack or a case means', () => {
  const named = (word: string): string[] => directory.whoIs(word).map(({ name }) => name);

  test('a person by id, else who holds the post of that name; those who left are nobody', async () => {
    const { id: li } = await directory.addPerson({ kind: 'person', name: 'li' });
    const { id: wang } = await directory.addPerson({ kind: 'person', name: 'wang' });
    accepted(await directory.assignPost({ post: 'unit_head', personIds: [wang, li, wang] }));
    expect([named(li), named('unit_head').sort(), named('nobody')]).toEqual([['li'], ['li', 'wang'], []]);
    accepted(await directory.setPersonActive(li, false));
    expect([named(li), named('unit_head')]).toEqual([[], ['wang']]);
    await restart();
    expect(named('unit_head')).toEqual(['wang']);
    expect(directory.listPosts()).toEqual([{ post: 'unit_head', personIds: [li, wang].sort() }]);
  });

  test('a post changes hands, and is gone where nobody holds it; only people who are there hold one', async () => {
    const { id: li } = await directory.addPerson({ kind: 'person', name: 'li' });
    expect(await directory.assignPost({ post: 'head', personIds: ['nobody'] })).toMatchObject({
      code: 'PERSON_UNKNOWN',
    });
    accepted(await directory.assignPost({ post: 'head', personIds: [li] }));
    accepted(await directory.assignPost({ post: 'head', personIds: [] }));
    expect([named('head'), directory.listPosts()]).toEqual([[], []]);
    await restart();
    expect(named('head')).toEqual([]);
  });

  test('where somebody is reached is changed field by field, and survives a restart', async () => {
    const { personId, key } = await anAgent();
    const contact = { email: 'wang@example.org', language: 'zh', timeZone: 'Asia/Shanghai' } as const;
    accepted(await directory.changePerson(personId, contact));
    await restart();
    expect(directory.getPerson(personId)).toMatchObject({
      name: '王芳',
      unit: 'service-centre',
      active: true,
      ...contact,
    });
    accepted(await directory.changePerson(personId, { email: null, unit: 'engineering' }));
    expect(directory.getPerson(personId)).not.toHaveProperty('email');
    expect(directory.getPerson(personId)).toMatchObject({ language: 'zh', unit: 'engineering' });
    expect(directory.authenticate(key)).toMatchObject({ unit: 'engineering' });
    expect(await directory.changePerson('nobody', {})).toMatchObject({ code: 'PERSON_UNKNOWN' });
  });
});
