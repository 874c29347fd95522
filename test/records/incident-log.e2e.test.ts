import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { caseBoard, counts } from '#views';
import type { RecordedCaseEvent } from '#cases';
import type { ImportSummary } from '#import';
import { Desk, livesAsHistory, statesOf } from './desk.js';
import { record, withRecords } from './records-folder.js';

const IMPORT_TIMEOUT_MS = 120_000;

withRecords('incident log through the engine', () => {
  const file = record('incident-log/incident_event_log_5998.csv');
  let desk: Desk;
  let summary: ImportSummary;
  let cases: readonly (readonly RecordedCaseEvent[])[];

  beforeAll(async () => {
    desk = await Desk.open();
    summary = await desk.importFile(file, 'incident-log', await desk.administrator('Wang'));
    cases = await desk.cases();
  }, IMPORT_TIMEOUT_MS);
  afterAll(() => desk.close());

  /** The engine's running count after the events of each row, by the row's line. */
  const countedByEngine = (): Map<number, number> => {
    const byLine = new Map<number, number>();
    for (const events of cases) {
      const states = statesOf(events);
      let line: number | undefined;
      events.forEach((event, at) => {
        if (event.type === 'SourceEntryRecorded') line = event.data.line;
        if (line !== undefined) byLine.set(line, states[at]!.reopenCount);
      });
    }
    return byLine;
  };

  /** The same from the file alone: how often a row leaves Resolved or Closed. */
  const countedFromFile = () => {
    const stands = new Map<string, { state: string; count: number }>();
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row, at) => {
        const [number, state, , , stated] = row.split(',') as [string, string, string, string, string];
        const before = stands.get(number);
        const wasOver = before?.state === 'Resolved' || before?.state === 'Closed';
        const isOver = state === 'Resolved' || state === 'Closed';
        const count = (before?.count ?? 0) + (wasOver && !isOver ? 1 : 0);
        stands.set(number, { state, count });
        return { line: at + 2, stated: Number(stated), count };
      });
  };

  test('890 cases come in, none is refused, and every one ends closed', () => {
    expect(summary).toMatchObject({ imported: 890, known: 0, refused: 0, rejectedRows: 0 });
    expect(cases).toHaveLength(890);
    expect(cases.filter((events) => statesOf(events).at(-1)!.phase !== 'closed')).toEqual([]);
  });

  test('10 cases are reopened, 11 reopenings', () => {
    const reopened = cases.map((events) => events.filter(({ type }) => type === 'CaseReopened').length);
    expect([reopened.filter((times) => times > 0).length, reopened.reduce((a, b) => a + b)]).toEqual([10, 11]);
    expect(cases.map((events) => statesOf(events).at(-1)!.reopenCount)).toEqual(reopened);
  });

  test('H-9: the engine’s running reopen count is the file’s on all 5,998 rows', () => {
    const [byEngine, byFile] = [countedByEngine(), countedFromFile()];
    expect([byEngine.size, byFile.length]).toEqual([5_998, 5_998]);
    expect(byFile.filter(({ count, stated }) => count !== stated)).toEqual([]);
    expect(byFile.filter(({ line, stated }) => byEngine.get(line) !== stated)).toEqual([]);
  });

  test('EVENTS 18: history is marked, starts no timer and sends nothing; what the strict life forbids is flagged', () => {
    expect(cases.filter((events) => !livesAsHistory(events))).toEqual([]);
    const flagged = cases.flat().filter((event) => event.type === 'SourceEntryRecorded' && event.data.irregular);
    expect(flagged.length).toBeGreaterThan(0);
    // Some cases begin already resolved, which no strict life knows.
    const begun = cases.map((events) => events.find((event) => event.type === 'SourceEntryRecorded')!);
    const resolved = begun.filter(({ data }) => (data as { state?: string }).state === 'Resolved');
    expect(resolved.length).toBeGreaterThan(0);
    expect(
      resolved.every(({ data }) => (data as { irregular?: string[] }).irregular?.includes('CASE_NOT_ACCEPTED')),
    ).toBe(true);
  });

  test('the board shows them: as many, all closed, each as historical', async () => {
    const { engine } = desk;
    await engine.reached(await desk.head());
    expect(await counts(engine.views)).toMatchObject({ cases: 890, byPhase: { closed: 890 } });
    let shown = 0;
    for (let cursor: string | undefined; ;) {
      const page = await caseBoard(engine.views, {
        at: engine.clock.now(),
        limit: 200,
        ...(cursor !== undefined && { cursor }),
      });
      if (!('items' in page)) throw new Error(page.code);
      shown += page.items.filter(({ historical, phase }) => historical && phase === 'closed').length;
      cursor = page.next;
      if (cursor === undefined) break;
    }
    expect(shown).toBe(890);
  });

  test('EVENTS 2: a second administrator importing the same file adds nothing', async () => {
    const head = await desk.head();
    const again = await desk.importFile(file, 'incident-log', await desk.administrator('Li'));
    expect(again).toMatchObject({ imported: 0, known: 890, refused: 0 });
    expect(await desk.head()).toBe(head);
  });
});
