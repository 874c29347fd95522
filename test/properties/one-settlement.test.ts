import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { AddNote, addNote, caseAggregate, caseCommand, ReceiveCase, receiveCase } from '#cases';
import { isRefusal, newId, plusMs, type Instant } from '#kernel';
import { Engine } from '../../apps/api/engine/engine.js';
import { readSettings } from '../../apps/api/start-up/settings.js';
import { Telemetry } from '../../apps/api/telemetry.js';
import { settleDue } from '../../apps/api/automations/timer.js';

const DAY = 24 * 3_600_000;
const START: Instant = '2026-01-05T01:00:00.000Z';
const folders: string[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function opened(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-one-'));
  folders.push(folder);
  const settings = readSettings({ REDRESS_DATA: folder, REDRESS_TEST_CLOCK: START });
  const engine = await Engine.open(settings, { logger: pino({ level: 'silent' }), telemetry: new Telemetry() });
  // Each path is tried alone.
  await engine.automations.timer.stop();
  return engine;
}

const from = (id: string) => ({
  id,
  commandId: newId(),
  digest: '',
  actor: { id: 'wang', role: 'administrator' as const },
  correlationId: id,
});

/** A case whose first reply is overdue by a day. @returns its id, and the position that views must have reached */
async function overdue(engine: Engine): Promise<{ id: string; position: string }> {
  const command = Object.assign(new ReceiveCase(), { kind: 'complaint', channel: 'phone', content: 'x' });
  const id = newId();
  const received = await engine.executor.execute({ ...from(id), create: true, decide: receiveCase, command });
  if (isRefusal(received)) throw new Error(received.code);
  engine.time.test!.moveTo(plusMs(engine.clock.now(), 3 * DAY));
  return { id, position: received.position };
}

const isMissed = async (engine: Engine, id: string): Promise<boolean> =>
  (await engine.executor.load(id))!.state.clocks.some(({ state }) => state === 'missed');

/** All by which time has an effect: whether a deadline that was passed was settled by it. */
const PATHS: Readonly<Record<string, (engine: Engine) => Promise<boolean>>> = {
  timer: async (engine) => {
    const { id, position } = await overdue(engine);
    await engine.reached(position);
    await new Promise<void>((resolve, reject) => {
      const timer = settleDue(engine, { onSettled: () => resolve(), onFailure: reject });
      timer.arm();
    });
    return isMissed(engine, id);
  },
  command: async (engine) => {
    const { id } = await overdue(engine);
    const command = Object.assign(new AddNote(), { text: 'x' });
    const outcome = await engine.executor.execute({ ...from(id), decide: addNote, command });
    expect(isRefusal(outcome)).toBe(false);
    return isMissed(engine, id);
  },
  'import and cut-over': async (engine) => {
    const { command, decide } = caseCommand('ImportHistory');
    const history = Object.assign(new command(), {
      sourceKey: 'x',
      source: 'log',
      mapping: 'log@1',
      kind: 'complaint',
      channel: 'email',
      persons: 1,
      circumstances: [],
      openedAt: plusMs(START, -5 * DAY),
      targetAt: plusMs(START, -3 * DAY),
      takenOverAt: START,
      entries: [],
    });
    const id = newId();
    const outcome = await engine.executor.execute({ ...from(id), create: true, decide, command: history });
    expect(isRefusal(outcome)).toBe(false);
    return isMissed(engine, id);
  },
  reading: async (engine) => {
    const { id } = await overdue(engine);
    const shown = await engine.reading.detail(id, {
      actor: { id: 'eve', role: 'auditor' },
      open: false,
      by: 'recorded',
    });
    expect(await isMissed(engine, id)).toBe(false);
    return (shown!['clocks'] as { state: string }[]).some(({ state }) => state === 'missed');
  },
};

test.each(Object.entries(PATHS))(
  'EVENTS 12: one function settles for all; %s settles by it, and not without it',
  async (_name, settledBy) => {
    const engine = await opened();
    expect(await settledBy(engine)).toBe(true);
    jest.spyOn(caseAggregate, 'settle').mockReturnValue([]);
    expect(await settledBy(engine)).toBe(false);
    await engine.close();
  },
);
