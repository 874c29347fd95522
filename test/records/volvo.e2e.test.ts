import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { counts } from '#views';
import type { RecordedCaseEvent } from '#cases';
import type { ImportSummary } from '#import';
import { Desk, livesAsHistory, statesOf } from './desk.js';
import { record, withRecords } from './records-folder.js';

const IMPORT_TIMEOUT_MS = 300_000;

withRecords('volvo through the engine', () => {
  const file = record('volvo-incidents/bpi_challenge_2013_incidents.xes.gz');
  let desk: Desk;
  let summary: ImportSummary;
  let cases: readonly (readonly RecordedCaseEvent[])[];

  beforeAll(async () => {
    desk = await Desk.open();
    summary = await desk.importFile(file, 'volvo-incidents', await desk.administrator('Wang'));
    cases = await desk.cases();
  }, IMPORT_TIMEOUT_MS);
  afterAll(() => desk.close(), IMPORT_TIMEOUT_MS);

  type Entry = Extract<RecordedCaseEvent, { type: 'SourceEntryRecorded' }>;
  const entriesOf = (events: readonly RecordedCaseEvent[]): Entry[] =>
    events.filter((event): event is Entry => event.type === 'SourceEntryRecorded');

  /** How often, and in how many cases, something was left. */
  const sums = (times: readonly number[]): [number, number] => [
    times.reduce((a, b) => a + b),
    times.filter((count) => count > 0).length,
  ];
  const left = (part: 'state' | 'subState', from: string): [number, number] =>
    sums(
      cases.map((events) => {
        const written = entriesOf(events).map(({ data }) => data[part]);
        return written.filter((it, at) => at > 0 && written[at - 1] === from && it !== from).length;
      }),
    );

  test('7,554 cases with 65,533 entries come in, none is refused', () => {
    expect(summary).toMatchObject({ imported: 7_554, known: 0, refused: 0, rejectedRows: 0 });
    expect([cases.length, cases.flatMap(entriesOf).length]).toEqual([7_554, 65_533]);
  });

  test('state Completed is left 580 times in 514 cases, sub-state Closed 131 times in 120 cases', () => {
    expect(left('state', 'Completed')).toEqual([580, 514]);
    expect(left('subState', 'Closed')).toEqual([131, 120]);
  });

  test('H-9: the log has as many reopenings to handling as the source left Completed', () => {
    const reopened = cases.map(
      (events) => events.filter((event) => event.type === 'CaseReopened' && event.data.to === 'handling').length,
    );
    expect(sums(reopened)).toEqual([580, 514]);
    expect(cases.map((events) => statesOf(events).at(-1)!.reopenCount)).toEqual(reopened);
  });

  test(
    'history is marked, starts no timer and sends nothing; the board has them all',
    async () => {
      expect(cases.filter((events) => !livesAsHistory(events)).length).toBe(0);
      const head = await desk.head();
      await desk.engine.projector.waitFor(await desk.engine.feed.positionOf(head), IMPORT_TIMEOUT_MS);
      expect((await counts(desk.engine.views)).cases).toBe(7_554);
    },
    IMPORT_TIMEOUT_MS,
  );

  test(
    'EVENTS 2: a second administrator importing the same file adds nothing',
    async () => {
      const head = await desk.head();
      const again = await desk.importFile(file, 'volvo-incidents', await desk.administrator('Li'));
      expect(again).toMatchObject({ imported: 0, known: 7_554, refused: 0 });
      expect(await desk.head()).toBe(head);
    },
    IMPORT_TIMEOUT_MS,
  );
});
