import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { verifyChain } from '#audit';
import { openEmbeddedEventReader, openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { isRefusal, newId, TestClock } from '#kernel';
import { Organisation, ORGANISATION_STREAM, type OrganisationCommand } from '#organisation';
import { openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';

const actor = { id: 'admin', role: 'administrator' as const };
let folder: string;
let store: EmbeddedEventStore;
let vault: EmbeddedVault;
let clock: TestClock;
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'organisation-'));
  store = await openEmbeddedEventStore({ folder });
  vault = await openEmbeddedVault({ folder, masterKey: Buffer.alloc(32, 7), pool: true });
  clock = new TestClock();
});
afterEach(async () => {
  for (const it of opened.splice(0).reverse()) await it.close();
  await store.close();
  await vault.close();
  rmSync(folder, { recursive: true });
});

async function organisation(on: EmbeddedEventStore = store): Promise<Organisation> {
  const it = await Organisation.open({
    store: on,
    vault,
    clock,
    onFailure: (error) => {
      throw error as Error;
    },
  });
  opened.push(it);
  return it;
}

async function takes(it: Organisation, order: OrganisationCommand, commandId = newId()): Promise<void> {
  const outcome = await it.execute(order, { actor, commandId, digest: 'd', correlationId: 'test' });
  if (isRefusal(outcome)) throw new Error(`${order.name} was refused: ${outcome.code}`);
}

const POST: OrganisationCommand = { name: 'DefinePost', command: { post: 'unit_head', single: true, inWriting: true } };
const assign = (person: string, more: object = {}): OrganisationCommand => ({
  name: 'AssignPost',
  command: { post: 'unit_head', person, ...more },
});

test('EVENTS 14: what one process records another one answers, without being asked to look', async () => {
  const mine = await organisation();
  const reader = await openEmbeddedEventReader({ folder });
  opened.push(reader);
  // Another process, which only reads here.
  const theirs = await organisation(reader as unknown as EmbeddedEventStore);
  await takes(mine, POST);
  await takes(mine, assign('wang'));
  expect(mine.holders('unit_head', undefined, clock.now())).toEqual(['wang']);
  while (theirs.holders('unit_head', undefined, clock.now()).length === 0)
    await new Promise((done) => setTimeout(done, 5));
  expect(theirs.register.state).toEqual(mine.register.state);
});

test('O-1: after a restart the log alone answers as before; a command sent twice is taken once', async () => {
  const before = await organisation();
  await takes(before, POST);
  await takes(before, assign('wang'), 'c1');
  await takes(before, assign('wang'), 'c1');
  await takes(before, { name: 'DefineUnit', command: { unit: 'east', label: { zh: '东区' } } });
  const after = await organisation();
  expect(after.register.state).toEqual(before.register.state);
  expect(after.register.state.assignments).toHaveLength(1);
});

test('EVENTS 9: names and reasons are not in the log; the organisation has its chain as cases have', async () => {
  const it = await organisation();
  await takes(it, POST);
  await takes(it, assign('wang'));
  clock.advance(1000);
  await takes(it, assign('li', { change: true, reason: '王芳调往总部' }));
  const events = await store.readStream(ORGANISATION_STREAM);
  const stored = events.map(({ data, metadata }) => Buffer.concat([data, metadata]).toString()).join('\n');
  expect(stored).not.toContain('王芳');
  expect(verifyChain(events)).toMatchObject({ events: 4, faults: [], foreign: [] });
  expect(it.holders('unit_head', undefined, clock.now())).toEqual(['li']);
});

test('a trial says what would become of commands, and records nothing', async () => {
  const it = await organisation();
  await takes(it, POST);
  const attempt = it.trial();
  expect(attempt(assign('wang'), actor)).toMatchObject({ refused: false });
  expect(attempt(assign('li'), actor)).toMatchObject({ code: 'POST_HELD' });
  expect(it.register.state.assignments).toEqual([]);
  expect(await store.readStream(ORGANISATION_STREAM)).toHaveLength(1);
});
