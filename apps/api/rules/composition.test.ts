import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { caseAggregate } from '#cases';
import { SNAPSHOTS } from '#calendar';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { isRefusal, TestClock, type Instant } from '#kernel';
import { TestOrganisation } from '#organisation/testing';
import { shippedPacks } from '#policy';
import { openEmbeddedVault } from '#privacy/embedded';
import { byEngine, Rulebook } from '#rulebook';
import { packOfUnit } from '../organisation/composition.js';
import { ruledBy } from './composition.js';

const NOW: Instant = '2026-03-02T01:00:00.000Z';
const NEXT_MONTH: Instant = '2026-04-01T00:00:00.000Z';
const PACKS = shippedPacks().filter(({ fileName }) => /(group|property|laboratory)\.yaml$/.test(fileName));

let folder: string;
let clock: TestClock;
let rulebook: Rulebook;
let close: (() => Promise<void>)[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-pack-of-unit-'));
  const store = await openEmbeddedEventStore({ folder });
  const vault = await openEmbeddedVault({ folder, masterKey: randomBytes(32) });
  clock = new TestClock(NOW);
  const log = {
    warn: () => undefined,
    error: (error: unknown) => {
      throw error;
    },
  };
  const shipped = { snapshots: SNAPSHOTS, packs: PACKS };
  rulebook = await Rulebook.open({ store, vault, clock, pack: 'group', shipped, log });
  close = [() => rulebook.close(), () => store.close(), () => vault.close()];
});
afterAll(async () => {
  for (const end of close) await end();
  rmSync(folder, { recursive: true });
});

/** A property company with a branch, under a pack of its own; a laboratory that changes its pack next month; an office. */
const company = (): TestOrganisation =>
  new TestOrganisation()
    .takes('DefineUnit', { unit: 'property', pack: 'property' })
    .takes('DefineUnit', { unit: 'east', parent: 'property' })
    .takes('DefineUnit', { unit: 'office' })
    .takes('DefineUnit', { unit: 'testing', pack: 'laboratory' })
    .takes('DefineUnit', { unit: 'testing', pack: 'group', from: NEXT_MONTH });

function openedUnder(command: object, at: Instant = NOW): string {
  const found = ruledBy(rulebook, packOfUnit(company()))(caseAggregate.initial, at, command);
  return isRefusal(found) ? found.code : `${found.pack} ${found.version}`;
}

test.each([
  ['the pack of the unit', { unit: 'property' }, 'property 1'],
  ['the pack of the unit above', { unit: 'east' }, 'property 1'],
  ['the pack of the desk where the unit has none', { unit: 'office' }, 'group 1'],
  ['the pack of the desk where no unit is named', {}, 'group 1'],
  ['the pack that is named, whatever the unit', { unit: 'east', pack: 'laboratory' }, 'laboratory 1'],
  ['none where there is no such pack', { unit: 'east', pack: 'nowhere' }, 'UNKNOWN_PACK'],
])('O-1: given units under packs of their own, when a case is received, it is opened under %s', (_, command, pack) =>
  expect(openedUnder(command)).toBe(pack),
);

test('O-1: what pack a unit works under on the day of the intake decides', () => {
  expect(openedUnder({ unit: 'testing' })).toBe('laboratory 1');
  expect(openedUnder({ unit: 'testing' }, NEXT_MONTH)).toBe('group 1');
});

test('A-7: given a case that is open, its version stays, whatever its unit or the pack becomes', async () => {
  const text = PACKS.find(({ fileName }) => fileName.endsWith('property.yaml'))!.text;
  const changed = text.replace(/^version: .*$/m, "version: '2'");
  const published = await rulebook.publishPolicy({ text: changed, fileName: 'property.yaml' }, byEngine());
  expect(isRefusal(published)).toBe(false);
  const late: Instant = '2027-01-01T00:00:00.000Z';
  expect(openedUnder({ unit: 'east' }, late)).toBe('property 2');
  const state = { ...caseAggregate.initial, unit: 'testing', policy: { pack: 'property', version: '1' } };
  const ruling = ruledBy(rulebook, packOfUnit(company()))(state, late, { unit: 'office' });
  expect(ruling).toMatchObject({ pack: 'property', version: '1' });
});
