import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { loadMapping, readHistory, type HistoricalCase } from '#import';
import { loadPack } from '#policy';
import { Random } from '../support/random.js';
import { RepeatDesk } from '../support/repeat-desk.js';
import { record, withRecords } from './records-folder.js';

const TIMEOUT_MS = 240_000;
const HOUR_MS = 3_600_000;
const TAKEN_OVER_AT = '2026-05-01T00:00:00.000Z';

const SAMENESSES = {
  caller: ['complainant'],
  category: ['complainant', 'field.category-at-opening'],
  subcategory: ['complainant', 'field.subcategory'],
} as const;
type Sameness = keyof typeof SAMENESSES;
const HOURS = [24, 48] as const;

const rule = (sameness: Sameness, hours: number): string =>
  `  - { id: ${sameness}-${hours}, label: { zh: 重复, en: Repeat }, kinds: [request], same: [${SAMENESSES[sameness].join(', ')}], ` +
  `counting: previous, window: ${hours}h, source: 'R-1' }\n`;
/** What is a repeat within a day is important. */
const ground = (sameness: Sameness, hours: number): string =>
  hours === 24
    ? `  - { id: R-2.${sameness}, severity: important, when: '"${sameness}-24" in case.repeats', source: 'R-2' }
`
    : '';
const each = (say: (sameness: Sameness, hours: number) => string): string =>
  (Object.keys(SAMENESSES) as Sameness[]).flatMap((sameness) => HOURS.map((hours) => say(sameness, hours))).join('');

const PACK = `
id: incidents
version: '1'
name: { zh: 事件, en: Incidents }
categories: [{ id: any, label: { zh: 任何, en: Any } }]
fields:
  - { id: category-at-opening, label: { zh: 类, en: Category }, personal: true, match: exact }
  - { id: subcategory, label: { zh: 小类, en: Subcategory }, personal: true, match: exact }
severities:
${each(ground)}clocks: []
compensation: { currency: CNY, matrix: [{ id: all, approverRole: supervisor, source: '·' }] }
repeats:
${each(rule)}`;

interface Found {
  readonly severity: string;
  readonly grounds: readonly string[];
  readonly repeats: readonly (readonly [rule: string, complainants: number, others: readonly string[]])[];
  /** Clocks and escalations of ours. */
  readonly sent: number;
}

interface Incident {
  readonly number: string;
  readonly openedMs: number;
  readonly values: Readonly<Record<Sameness, string>>;
}

withRecords('repeats on the incident log', () => {
  const file = record('incident-log/incident_event_log_5998.csv');

  /** The first row of each incident, read by hand. */
  function incidents(): readonly Incident[] {
    const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    const columns = head!.split(',');
    const found = new Map<string, Incident>();
    for (const row of rows) {
      const cells = row.split(',');
      const cell = (name: string): string => cells[columns.indexOf(name)]!;
      if (found.has(cell('number'))) continue;
      const [date, time] = cell('opened_at').split(' ') as [string, string];
      const [day, month, year] = date.split('-');
      found.set(cell('number'), {
        number: cell('number'),
        openedMs: Date.parse(`${year}-${month}-${day}T${time}:00Z`),
        values: {
          caller: cell('caller_id'),
          category: cell('category'),
          subcategory: cell('subcategory'),
        },
      });
    }
    return [...found.values()];
  }

  /** How many open not later than so long after the previous one of the same caller (and category …); `?` is nobody and nothing. */
  function countedByLoops(sameness: Sameness, hours: number): number {
    const all = [...incidents()].sort((a, b) => a.openedMs - b.openedMs);
    let count = 0;
    const last = new Map<string, number>();
    for (const { openedMs, values } of all) {
      if (values.caller === '?' || values[sameness] === '?') continue;
      const key = `${values.caller}|${values[sameness]}`;
      const before = last.get(key);
      if (before !== undefined && openedMs - before <= hours * HOUR_MS) count += 1;
      last.set(key, openedMs);
    }
    return count;
  }

  test.each([
    ['caller', 198, 243],
    ['category', 87, 100],
    ['subcategory', 75, 84],
  ] as const)('plain loops over the file count, for %s, %d and %d', (sameness, within24h, within48h) => {
    expect(HOURS.map((hours) => countedByLoops(sameness, hours))).toEqual([within24h, within48h]);
  });

  async function history(): Promise<HistoricalCase[]> {
    const cases: HistoricalCase[] = [];
    for await (const item of readHistory({ file, mapping: loadMapping('incident-log'), takenOverAt: TAKEN_OVER_AT })) {
      if (item.kind === 'case') cases.push(item.case);
    }
    return cases;
  }

  /** What came of it, in words that no id of a run stands in. */
  async function links(desk: RepeatDesk, cases: readonly HistoricalCase[], idOf: ReadonlyMap<string, string>) {
    const keyOf = new Map([...idOf].map(([key, id]) => [id, key]));
    const found = new Map<string, Found>();
    for (const { sourceKey } of cases) {
      const { repeats, severity, grounds, clocks, escalations } = await desk.state(idOf.get(sourceKey)!);
      found.set(sourceKey, {
        severity,
        grounds: grounds.map((it) => it.rule).sort(),
        repeats: repeats
          .map((it): Found['repeats'][number] => [
            it.rule,
            it.complainants,
            it.cases.map((id) => keyOf.get(id)!).sort(),
          ])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
        sent: clocks.filter(({ clock }) => clock !== 'source-target').length + escalations.length,
      });
    }
    return found;
  }

  /** Imports in lots, matching after each: what is matched early is matched again when more is known. */
  async function imported(cases: readonly HistoricalCase[], lots: number, partitions: number) {
    const desk = await RepeatDesk.open(loadPack(PACK, 'incidents.yaml'));
    try {
      const idOf = new Map<string, string>();
      const size = Math.ceil(cases.length / lots);
      for (let from = 0; from < cases.length; from += size) {
        const lot = cases.slice(from, from + size);
        const results = await desk.imports.importCases(lot, { id: 'wang', role: 'administrator' }, 'records');
        for (const { sourceKey, caseId, ...result } of results) {
          if (caseId === undefined) throw new Error(JSON.stringify(result));
          idOf.set(sourceKey, caseId);
        }
        await desk.match({ partitions });
      }
      const found = await links(desk, cases, idOf);
      const before = desk.sent;
      await desk.match({ partitions });
      expect(desk.sent).toBe(before);
      return found;
    } finally {
      await desk.close();
    }
  }

  describe('through the engine', () => {
    let cases: HistoricalCase[];
    let found: Awaited<ReturnType<typeof imported>>;
    beforeAll(async () => {
      cases = await history();
      found = await imported(cases, 1, 1);
    }, TIMEOUT_MS);

    test.each(
      (Object.keys(SAMENESSES) as Sameness[]).flatMap((sameness) => HOURS.map((hours) => [sameness, hours] as const)),
    )('R-1: by %s within %d h it finds as many repeats as plain loops do', (sameness, hours) => {
      // Links go both ways: each repeat is one pair of a case and the one before it.
      const pairs = new Set<string>();
      for (const [key, { repeats }] of found) {
        for (const [its, , others] of repeats) {
          if (its === `${sameness}-${hours}`) for (const other of others) pairs.add([key, other].sort().join(' '));
        }
      }
      expect(pairs.size).toBe(countedByLoops(sameness, hours));
    });

    test('S-3: who is a repeat within 24 h is important, and nobody else is', () => {
      for (const { repeats, severity } of found.values()) {
        expect(severity).toBe(repeats.some(([its]) => its.endsWith('-24')) ? 'important' : 'general');
      }
    });

    test('EVENTS 18: nothing is sent for history: no clock, no escalation', () => {
      expect([...found.values()].filter(({ sent }) => sent > 0)).toEqual([]);
    });

    test.each([
      [1, 4, 9],
      [3, 1, 10],
    ])(
      'R-4: in any order, %d lots, %d partitions: the same links and severities',
      async (lots, partitions, seed) => {
        const random = new Random(seed);
        const shuffled = cases.map((it) => [random.next(), it] as const).sort(([a], [b]) => a - b);
        const again = await imported(
          shuffled.map(([, it]) => it),
          lots,
          partitions,
        );
        expect(Object.fromEntries(again)).toEqual(Object.fromEntries(found));
      },
      TIMEOUT_MS,
    );
  });
});
