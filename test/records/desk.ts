import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { caseAggregate, type CaseState, type RecordedCaseEvent } from '#cases';
import type { EventReader } from '#event-store';
import { loadMapping, runImport, type ImportSummary } from '#import';
import { decodeEvent, isRefusal, START, type Actor } from '#kernel';
import { Engine } from '../../apps/api/engine/engine.js';
import { readSettings } from '../../apps/api/start-up/settings.js';
import { Telemetry } from '../../apps/api/telemetry.js';

const PAGE = 2000;

/** A whole engine on an empty folder, into which files are imported as the command line does it. */
export class Desk {
  private constructor(
    readonly engine: Engine,
    private readonly folder: string,
  ) {}

  static async open(): Promise<Desk> {
    const folder = mkdtempSync(join(tmpdir(), 'redress-records-'));
    const surroundings = { logger: pino({ level: 'silent' }), telemetry: new Telemetry() };
    return new Desk(await Engine.open(readSettings({ REDRESS_DATA: folder }), surroundings), folder);
  }

  get reportFile(): string {
    return join(this.folder, 'report.csv');
  }

  /** Somebody with a key of their own who may import. */
  async administrator(name: string): Promise<Actor> {
    const { directory } = this.engine;
    const { id: personId } = await directory.addPerson({ kind: 'person', name });
    const issued = await directory.issueKey({ personId, role: 'administrator', label: name });
    if (isRefusal(issued)) throw new Error(issued.code);
    return directory.authenticate(issued.key)!;
  }

  async importFile(file: string, mapping: string, actor: Actor): Promise<ImportSummary> {
    const { engine } = this;
    return runImport({
      file,
      mapping: loadMapping(mapping),
      takenOverAt: engine.clock.now(),
      sink: { importCases: (cases) => engine.imports.importCases(cases, actor, 'records') },
      reportFile: this.reportFile,
    });
  }

  /** The log's last position, as a token. */
  async head(): Promise<string> {
    return this.engine.feed.tokenOf((await this.engine.store.head()) ?? START);
  }

  async cases(): Promise<readonly (readonly RecordedCaseEvent[])[]> {
    return casesOf(this.engine.store);
  }

  async close(): Promise<void> {
    await this.engine.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** All cases of a log, the events of each in the order of its stream. */
export async function casesOf(reader: EventReader): Promise<readonly (readonly RecordedCaseEvent[])[]> {
  const cases = new Map<string, RecordedCaseEvent[]>();
  for (let last = START; ;) {
    const page = await reader.readAll({ from: last === START ? 'start' : last, maxCount: PAGE });
    const fresh = last === START ? page : page.slice(1);
    if (fresh.length === 0) return [...cases.values()];
    for (const stored of fresh) {
      const event = decodeEvent(stored, caseAggregate.upcasts);
      if (event === undefined || !stored.stream.startsWith('case-')) continue;
      const known = cases.get(stored.stream);
      if (known) known.push(event as RecordedCaseEvent);
      else cases.set(stored.stream, [event as RecordedCaseEvent]);
    }
    last = fresh.at(-1)!.position;
  }
}

/** The states of a case after each of its events. */
export function statesOf(events: readonly RecordedCaseEvent[]): readonly CaseState[] {
  let state = caseAggregate.initial;
  return events.map((event) => (state = caseAggregate.evolve(state, event)));
}

/** What an engine must have come to, whatever the file: history is marked, starts nothing of ours and sends nothing. */
export function livesAsHistory(events: readonly RecordedCaseEvent[]): boolean {
  const takenOver = events.findIndex(({ type }) => type === 'TakenOver');
  const history = events.slice(0, takenOver + 1);
  const clocks = events
    .filter(({ type }) => type === 'DeadlineSet')
    .map(({ data }) => (data as { clock: string }).clock);
  return (
    takenOver > 0 &&
    history.every(({ meta }) => meta.historical === true) &&
    clocks.every((clock) => clock === 'source-target') &&
    !events.some(({ type }) => type === 'CaseEscalated' || type === 'CustomerNotified')
  );
}
