import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyChain } from '#audit';
import { prepareCalendar, SNAPSHOTS, workingDaysOfYear, type Calendar, type CalendarDefinition } from '#calendar';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { isRefusal, plusMs, TestClock, type Instant, type JsonObject } from '#kernel';
import { shippedPacks } from '#policy';
import { openEmbeddedVault } from '#privacy/embedded';
import { byEngine, Rulebook, UnknownPack, type RulebookPorts } from './index.js';

const NOW: Instant = '2026-11-20T01:00:00.000Z';
const DAY = 24 * 3_600_000;
const OFFICE: CalendarDefinition = { zone: 'Asia/Shanghai', week: { mon: [['09:00', '17:30']] }, country: 'CN' };
const YEAR_2027 = { holidays: ['01-01', '02-05/02-12'], workdays: ['01-31'] };
const GIVEN = { country: 'CN', years: { '2027': YEAR_2027 }, source: 'State Council, 2026-11-20' };
const PACKS = shippedPacks().filter(({ fileName }) => fileName === 'packs/group.yaml');
const GROUP = PACKS[0]!.text;
const version = (number: string, more: (text: string) => string = (it) => it): string =>
  more(GROUP.replace("version: '1'", `version: '${number}'`));

let folder: string;
let clock: TestClock;
let close: (() => Promise<void>)[] = [];
let ports: RulebookPorts;
let warned: (readonly [JsonObject, string])[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-rulebook-'));
  const store = await openEmbeddedEventStore({ folder });
  const vault = await openEmbeddedVault({ folder, masterKey: randomBytes(32) });
  clock = new TestClock(NOW);
  warned = [];
  const log = {
    warn: (facts: JsonObject, message: string) => void warned.push([facts, message]),
    error: (error: unknown) => {
      throw error;
    },
  };
  // One pack is enough here, and quicker to read.
  const shipped = { snapshots: SNAPSHOTS, packs: PACKS };
  ports = { store, vault, clock, pack: 'group', shipped, log };
  close = [() => store.close(), () => vault.close()];
});
afterEach(async () => {
  for (const end of close) await end();
  rmSync(folder, { recursive: true });
});

async function open(more: Partial<RulebookPorts> = {}): Promise<Rulebook> {
  const rulebook = await Rulebook.open({ ...ports, ...more });
  close.unshift(() => rulebook.close());
  return rulebook;
}

const calendarsOf = (rulebook: Rulebook): unknown =>
  rulebook.register.publications().map(({ snapshot: { id }, since }) => [id, since]);
const known = (rulebook: Rulebook, at: Instant): Calendar =>
  rulebook.register.calendars.prepare(OFFICE, at) as Calendar;
const publish = (rulebook: Rulebook, given: object = GIVEN) => rulebook.publishCalendar(given, byEngine());
const announce = (rulebook: Rulebook, text: string, effectiveFrom?: Instant) =>
  rulebook.publishPolicy({ text, fileName: 'mine.yaml', ...(effectiveFrom && { effectiveFrom }) }, byEngine());
const rulingAt = (rulebook: Rulebook, at: Instant): string => {
  const ruling = rulebook.ruling(undefined, at);
  return isRefusal(ruling) ? ruling.code : ruling.version;
};
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

describe('K-10: calendars', () => {
  test('what comes with the engine is on record from the first start, counts from the beginning, and is recorded once', async () => {
    expect(calendarsOf(await open())).toEqual([['cn-2026', '']]);
    expect(calendarsOf(await open())).toEqual([['cn-2026', '']]);
    const stored = await ports.store.readStream('calendar-cn');
    expect(stored.map(({ type }) => type)).toEqual(['CalendarPublished']);
  });

  test('the register from the log knows what the shipped calendar knows, year by year', async () => {
    const rulebook = await open();
    const shipped = prepareCalendar(OFFICE) as Calendar;
    for (const year of SNAPSHOTS.at(-1)!.published) {
      expect([year, workingDaysOfYear(known(rulebook, NOW), year)]).toEqual([year, workingDaysOfYear(shipped, year)]);
    }
  });

  test('EVENTS 14: a year that is published is known from the recorded instant on, not before', async () => {
    const rulebook = await open();
    expect(await publish(rulebook)).toMatchObject({ result: { calendar: 'cn-2027', years: ['2027'], known: false } });
    const publishedAt = (at: Instant): boolean => known(rulebook, at).hours.isPublished(2027);
    expect([publishedAt(plusMs(NOW, -1)), publishedAt(NOW)]).toEqual([false, true]);
    expect(known(rulebook, NOW).version).toContain('cn-2027');
    expect(known(rulebook, plusMs(NOW, -1)).version).toContain('cn-2026');
  });

  test('a replay of the log knows the same; another process hears of it live', async () => {
    const [here, there] = [await open(), await open()];
    clock.advance(DAY);
    await publish(here);
    await until(() => (calendarsOf(there) as unknown[]).length === 2);
    const again = await open();
    for (const rulebook of [here, there, again]) {
      expect(calendarsOf(rulebook)).toEqual([
        ['cn-2026', ''],
        ['cn-2027', plusMs(NOW, DAY)],
      ]);
    }
    expect(verifyChain(await ports.store.readStream('calendar-cn')).faults).toEqual([]);
  });

  test('the same days again, however they are written, are recognised', async () => {
    const rulebook = await open();
    await publish(rulebook);
    const years = { '2027': { holidays: ['02-05', '02-06/02-12', '01-01'], workdays: ['01-31/01-31'] } };
    expect(await publish(rulebook, { ...GIVEN, years })).toMatchObject({ result: { known: true } });
    expect(await ports.store.readStream('calendar-cn')).toHaveLength(2);
  });

  test('a year that is known otherwise is refused with what is known; corrected it counts from then on', async () => {
    const rulebook = await open();
    await publish(rulebook);
    const years = { '2027': { ...YEAR_2027, workdays: ['01-30'] } };
    expect(await publish(rulebook, { ...GIVEN, years })).toMatchObject({
      code: 'YEAR_PUBLISHED_DIFFERENTLY',
      facts: { year: '2027', calendar: 'cn-2027', published: YEAR_2027 },
    });
    clock.advance(DAY);
    expect(await publish(rulebook, { ...GIVEN, years, corrects: ['2027'] })).toMatchObject({
      result: { calendar: 'cn-2027.2' },
    });
    expect(known(rulebook, NOW).version).toContain('(cn-2027)');
    expect(known(rulebook, plusMs(NOW, DAY)).version).toContain('(cn-2027.2)');
  });

  test('a newer engine that brings a year nobody had published adds it; one that contradicts the record is left out and named', async () => {
    await open();
    clock.advance(DAY);
    const [shipped] = SNAPSHOTS.slice(-1);
    const newer = {
      ...shipped!,
      id: 'cn-2027',
      published: [...shipped!.published, 2027],
      years: { ...shipped!.years, '2027': YEAR_2027 },
    };
    const upgraded = await open({ shipped: { snapshots: [newer], packs: PACKS } });
    expect(calendarsOf(upgraded)).toEqual([
      ['cn-2026', ''],
      ['cn-2027', plusMs(NOW, DAY)],
    ]);
    const contrary = { ...newer, years: { ...newer.years, '2027': { ...YEAR_2027, workdays: [] } } };
    await open({ shipped: { snapshots: [contrary], packs: PACKS } });
    expect(warned.at(-1)).toEqual([
      expect.objectContaining({ year: '2027' }),
      expect.stringContaining('YEAR_PUBLISHED_DIFFERENTLY'),
    ]);
  });

  test.each([
    ['a date that does not exist', { '2027': { holidays: ['02-30'] } }, '2027-02-30 does not exist'],
    ['29 February of a common year', { '2027': { holidays: ['02-28/02-29'] } }, '2027-02-29 does not exist'],
    ['no date at all', { '2027': { holidays: ['1-1'] } }, '"1-1" is no date'],
    ['a stretch over New Year', { '2027': { holidays: ['12-30/01-02'] } }, 'goes over New Year'],
    ['a day twice', { '2027': { holidays: ['01-01', '01-01/01-03'] } }, '2027-01-01 is named twice'],
    ['a holiday that is worked', { '2027': { ...YEAR_2027, workdays: ['02-06'] } }, '2027-02-06 is a holiday as well'],
    ['a year without a holiday', { '2027': { holidays: [] } }, 'at least one holiday'],
    ['no year', {}, 'at least one year'],
    ['a year of two digits', { '27': YEAR_2027 }, 'no year of four digits'],
  ])('refused with its place: %s', async (_what, years, reason) => {
    const outcome = await publish(await open(), { ...GIVEN, years });
    expect(outcome).toMatchObject({ code: 'CALENDAR_WRONG' });
    expect(JSON.stringify(isRefusal(outcome) && outcome.facts)).toContain(reason.replaceAll('"', '\\"'));
    expect(await ports.store.readStream('calendar-cn')).toHaveLength(1);
  });

  test('refused: what is no calendar at all, and a country whose holidays follow from rules', async () => {
    const rulebook = await open();
    expect(await publish(rulebook, { country: 'china', years: GIVEN.years })).toMatchObject({
      facts: { faults: [{ at: 'country' }, { at: 'source' }] },
    });
    expect(await publish(rulebook, { ...GIVEN, country: 'DE' })).toMatchObject({ code: 'COUNTRY_HAS_RULES' });
  });
});

describe('A-7: packs', () => {
  test('the shipped packs are on record from the first start, with the text as it was written', async () => {
    const rulebook = await open();
    expect(rulebook.register.version('group', '1')).toMatchObject({
      text: GROUP,
      announcedAt: NOW,
      effectiveFrom: NOW,
    });
    expect(rulingAt(rulebook, '2020-01-01T00:00:00.000Z')).toBe('1');
    await open();
    expect(await ports.store.readStream('policy-group')).toHaveLength(1);
  });

  test('a version takes effect after the notice that the version in force demands, and at that very instant', async () => {
    const rulebook = await open();
    const effectiveFrom = plusMs(NOW, 14 * DAY);
    const text = version('2', (it) => it.replace('budget: 2d', 'budget: 1d').replace('period: 14d', 'period: 1d'));
    expect(await announce(rulebook, text)).toMatchObject({ result: { version: '2', effectiveFrom, known: false } });
    expect([rulingAt(rulebook, plusMs(effectiveFrom, -1)), rulingAt(rulebook, effectiveFrom)]).toEqual(['1', '2']);
    // The shorter notice holds once it is in force.
    expect(await announce(rulebook, version('3'), plusMs(NOW, 15 * DAY))).toMatchObject({ result: { version: '3' } });
    clock.moveTo(effectiveFrom);
    expect(await announce(rulebook, version('4'), plusMs(effectiveFrom, DAY))).toMatchObject({
      result: { version: '4' },
    });
  });

  test('refused with what is allowed: less notice, and an instant before what is announced already', async () => {
    const rulebook = await open();
    const earliest = plusMs(NOW, 14 * DAY);
    expect(await announce(rulebook, version('2'), plusMs(earliest, -1))).toMatchObject({
      code: 'NOTICE_TOO_SHORT',
      facts: { earliest, notice: '14d', demandedBy: '1' },
    });
    await announce(rulebook, version('2'), plusMs(earliest, DAY));
    expect(await announce(rulebook, version('3'), earliest)).toMatchObject({
      code: 'EARLIER_THAN_ANNOUNCED',
      facts: { announced: '2', effectiveFrom: plusMs(earliest, DAY) },
    });
    expect(await announce(rulebook, version('3'))).toMatchObject({ result: { effectiveFrom: plusMs(earliest, DAY) } });
  });

  test('the same version with the same text is recognised, with another text refused', async () => {
    const rulebook = await open();
    expect(await announce(rulebook, GROUP)).toMatchObject({ result: { version: '1', known: true } });
    expect(await announce(rulebook, `${GROUP}\n# changed\n`)).toMatchObject({ code: 'VERSION_PUBLISHED' });
    expect(await ports.store.readStream('policy-group')).toHaveLength(1);
  });

  test('the first version of a pack takes effect at once', async () => {
    const rulebook = await open();
    const mine = GROUP.replace('id: group', 'id: mine');
    expect(await announce(rulebook, mine, plusMs(NOW, DAY))).toMatchObject({ code: 'EFFECTIVE_AT_ONCE' });
    expect(await announce(rulebook, mine)).toMatchObject({ result: { pack: 'mine', effectiveFrom: NOW } });
    expect(rulebook.ruling(undefined, NOW, { pack: 'mine' })).toMatchObject({ pack: 'mine', version: '1' });
  });

  test('a wrong pack is refused with line and column of every fault, and nothing is written', async () => {
    const rulebook = await open();
    const outcome = await announce(
      rulebook,
      version('2', (it) => it.replace('budget: 2d', 'budget: soon')),
    );
    expect(outcome).toMatchObject({
      code: 'PACK_WRONG',
      facts: { faults: [expect.stringMatching(/^mine.yaml:\d+:\d+ clocks/)] },
    });
    expect(await ports.store.readStream('policy-group')).toHaveLength(1);
  });

  test('EVENTS 18: a case is ruled by the version it is under; an imported one by the version in force at take-over', async () => {
    const rulebook = await open();
    await announce(rulebook, version('2'));
    const later = plusMs(NOW, 20 * DAY);
    expect(rulebook.ruling({ pack: 'group', version: '1' }, later)).toMatchObject({ version: '1' });
    expect(rulebook.ruling(undefined, later)).toMatchObject({ version: '2' });
    expect(rulebook.ruling(undefined, later, { at: NOW })).toMatchObject({ version: '1' });
    expect(rulebook.ruling({ pack: 'group', version: '2' }, NOW)).toMatchObject({ code: 'NOT_IN_FORCE_YET' });
    expect(rulebook.ruling({ pack: 'group', version: '9' }, NOW)).toMatchObject({ code: 'UNKNOWN_VERSION' });
    expect(rulebook.ruling(undefined, NOW, { pack: 'nothing' })).toMatchObject({
      code: 'UNKNOWN_PACK',
      facts: { known: ['group'] },
    });
  });

  test('an upgrade of the engine changes nobody’s rules: another version that it brings is named, not published', async () => {
    await open();
    const packs = [{ fileName: 'packs/group.yaml', text: version('2') }];
    const upgraded = await open({ shipped: { snapshots: SNAPSHOTS, packs } });
    expect([...upgraded.register.versions().values()].flat()).toHaveLength(1);
    expect(warned).toEqual([[{ pack: 'group', version: '2', known: ['1'] }, expect.stringContaining('publish')]]);
  });

  test('a pack of the desk that there is not is an error at the start that names those there are', async () => {
    await expect(Rulebook.open({ ...ports, pack: 'nothing' })).rejects.toThrow(/no pack "nothing".*group/);
    await expect(Rulebook.open({ ...ports, pack: 'nothing' })).rejects.toBeInstanceOf(UnknownPack);
  });
});
