// Reads of one case and of the board, in the engine: `reads.js <folder> [<PostgreSQL that keeps the views>]`.
import { rmSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { CASE_COMMANDS, caseAggregate } from '#cases';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { newId, plusMs, TestClock } from '#kernel';
import { groupPack } from '#policy';
import { loadMasterKey, openEmbeddedVault } from '#privacy/embedded';
import { openSql } from '#sql';
import { caseBoard, type BoardFilter, type ViewsSchema } from '#views';
import { CaseReading } from '../../apps/api/queries/case-reading.js';
import { viewsPlace } from '../../apps/worker/views-place.js';
import { scratchFolder } from './children.js';
import { percentile } from './report.js';

const EVENTS = 200;
const REPLAYS = 400;
const AT = '2026-02-01T00:00:00.000Z';

/** A case of 200 events is replayed as of a moment in its middle, texts opened. Milliseconds, p50. */
async function replayMs(): Promise<number> {
  const folder = scratchFolder();
  const store = await openEmbeddedEventStore({ folder });
  const vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }), pool: true });
  const clock = new TestClock();
  const policy = groupPack();
  const executor = new CommandExecutor(caseAggregate, {
    store,
    vault,
    clock,
    policyFor: () => ({ pack: policy.id, version: policy.version, policy }),
  });
  const id = newId();
  const send = async (name: string, body: object): Promise<number> => {
    const { command, decide } = CASE_COMMANDS.find((definition) => definition.name === name)!;
    const actor = { id: 'wang', role: 'supervisor' as const };
    const outcome = await executor.execute({
      id,
      create: name === 'ReceiveCase',
      decide,
      command: plainToInstance(command, body),
      commandId: newId(),
      digest: '',
      actor,
      correlationId: id,
    });
    if (!('revision' in outcome)) throw new Error(JSON.stringify(outcome));
    return outcome.revision;
  };
  let revision = await send('ReceiveCase', {
    kind: 'complaint',
    channel: 'phone',
    subject: 'Lift',
    content: 'It stands still.',
    complainant: { name: 'Wang' },
  });
  while (revision < EVENTS - 1) {
    clock.advance(60_000);
    revision = await send('AddNote', { text: `Note at revision ${revision}, with some words to open.` });
  }
  const reading = new CaseReading({ store, vault, clock, policyOf: () => policy, onLost: () => undefined });
  const samples: number[] = [];
  for (let replay = 0; replay < REPLAYS; replay++) {
    const from = performance.now();
    const detail = await reading.detail(id, {
      actor: { id: 'auditor', role: 'auditor' },
      open: true,
      by: replay % 2 ? 'recorded' : 'occurred',
      asOf: plusMs(clock.now(), -60_000),
    });
    samples.push(performance.now() - from);
    if (detail === undefined) throw new Error('the case is not there');
  }
  await store.close();
  await vault.close();
  rmSync(folder, { recursive: true, force: true });
  return percentile(samples.slice(REPLAYS / 4), 0.5);
}

/** What people ask of the board, in turns, first and second pages. Milliseconds, p99 of each. */
async function boardMs(folder: string, databaseUrl: string | undefined): Promise<Record<string, number>> {
  const db = openSql<ViewsSchema>(viewsPlace(folder, databaseUrl), { readonly: true });
  const questions: Record<string, Omit<BoardFilter, 'at'>> = {
    'what breaks next': {},
    'open cases of a unit': { state: ['received', 'handling', 'waiting'], unit: 'unit-3' },
    'major, last changed first': { severity: 'major', sort: 'updated', direction: 'desc' },
    'a category by phone, by reception': { category: 'other', channel: 'phone', sort: 'received', direction: 'desc' },
    'a common word of two characters': { text: '电梯' },
    'two words': { text: 'parking 噪音' },
    'one case by its number in the text': { text: '77777' },
    overdue: { overdue: true },
  };
  const p99: Record<string, number> = {};
  for (const [name, question] of Object.entries(questions)) {
    const samples: number[] = [];
    let cursor: string | undefined;
    for (let turn = 0; turn < 120; turn++) {
      const from = performance.now();
      const page = await caseBoard(db, { ...question, at: AT, limit: 50, ...(cursor === undefined ? {} : { cursor }) });
      if (turn >= 10) samples.push(performance.now() - from);
      if ('refused' in page) throw new Error(page.code);
      cursor = turn % 2 ? undefined : page.next;
    }
    p99[name] = percentile(samples, 0.99);
  }
  await db.destroy();
  return p99;
}

const [folder, databaseUrl] = process.argv.slice(2);
console.log(JSON.stringify({ replay: await replayMs(), board: await boardMs(folder!, databaseUrl) }));
