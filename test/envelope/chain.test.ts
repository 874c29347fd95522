import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { verifyChain } from '#audit';
import { openEmbeddedEventStore } from '#event-store/embedded';
import type { StoredEvent } from '#event-store';
import { newId } from '#kernel';
import { verify } from '../../apps/cli/verify.js';
import { EngineProcess, newFolder } from '../support/engine.js';
import { byStream, readLog } from '../support/log.js';
import { Random } from '../support/random.js';
import { partFromRebuild } from '../support/views.js';

const FLIPS_ON_DISK = 25;

let engine: EngineProcess;
let caseId: string;

beforeAll(async () => {
  engine = await EngineProcess.start();
  const { body } = await engine.post('/cases', {
    kind: 'complaint',
    channel: 'phone',
    content: 'as it was said',
    complainant: { name: '王小明' },
    persons: 12,
  });
  caseId = body.caseId;
  for (const [command, told] of [
    ['accept', {}],
    ['add-note', { text: 'a note' }],
    ['give-reply', { channel: 'phone', text: 'tomorrow' }],
  ] as const) {
    expect((await engine.post(`/cases/${caseId}/${command}`, told)).status).toBe(200);
  }
  await engine.settled();
  await engine.stop();
});
afterAll(() => engine.end());

/** A copy of the folder, changed by somebody with a hand on the file. */
async function onCopy(
  change: (log: Database.Database) => void,
  look: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = newFolder();
  try {
    cpSync(engine.folder, folder, { recursive: true });
    const log = new Database(join(folder, 'log.db'));
    change(log);
    log.close();
    await look(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const flipped = (bytes: Uint8Array, at: number, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1 << bit;
  return copy;
};

describe('issue 8, EVENTS 3: a flipped byte anywhere breaks the chain', () => {
  test('untouched it holds', async () => {
    const { events, faults, foreign } = await verify({ data: engine.folder });
    expect({ faults, foreign }).toEqual({ faults: [], foreign: 0 });
    expect(events).toBeGreaterThan(6);
  });

  test('every byte of data and metadata of every event, the last one included', async () => {
    const random = new Random(1);
    const events = byStream((await readLog(engine.folder)).events).get(`case-${caseId}`)!;
    const missed: string[] = [];
    let flips = 0;
    for (const [index, event] of events.entries()) {
      const behind = events.slice(0, index);
      const look = (changed: StoredEvent, what: string): void => {
        flips++;
        if (verifyChain([...behind, changed]).faults.length === 0) missed.push(`${event.type} ${what}`);
      };
      for (const field of ['data', 'metadata'] as const) {
        for (let at = 0; at < event[field].length; at++) {
          look({ ...event, [field]: flipped(event[field], at, random.below(8)) }, `${field}[${at}]`);
        }
      }
      for (let at = 0; at < 16; at++) {
        const id = flipped(Buffer.from(event.id.replaceAll('-', ''), 'hex'), at, random.below(8)).toString('hex');
        look({ ...event, id: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') }, `id[${at}]`);
      }
      look({ ...event, type: `${event.type}x` }, 'type');
      look({ ...event, revision: event.revision + 1n }, 'revision');
      look({ ...event, stream: `${event.stream}x` }, 'stream');
    }
    expect(missed).toEqual([]);
    expect(flips).toBeGreaterThan(5_000);
  });

  test('on the disk, as `redress verify` reports it', async () => {
    const random = new Random(2);
    for (let flip = 0; flip < FLIPS_ON_DISK; flip++) {
      const field = random.pick(['data', 'metadata', 'id']);
      await onCopy(
        (log) => {
          const rows = log.prepare(`SELECT position, "${field}" AS bytes FROM events`).all();
          const { position, bytes } = random.pick(rows as { position: number; bytes: Buffer }[]);
          const changed = flipped(bytes, random.below(bytes.length), random.below(8));
          log.prepare(`UPDATE events SET "${field}" = ? WHERE position = ?`).run(changed, position);
        },
        async (folder) => expect((await verify({ data: folder })).faults.length).toBeGreaterThan(0),
      );
    }
  });

  test('an event taken out of the middle, or two that changed places', async () => {
    const { events } = await readLog(engine.folder);
    const own = byStream(events).get(`case-${caseId}`)!;
    const without = own.filter((_, at) => at !== 2);
    const renumbered = without.map((event, at) => ({ ...event, revision: BigInt(at) }));
    const swapped = [own[1]!, own[0]!, ...own.slice(2)].map((event, at) => ({ ...event, revision: BigInt(at) }));
    for (const changed of [without, renumbered, swapped]) expect(verifyChain(changed).faults).not.toEqual([]);
  });
});

describe('issue 8, EVENTS 3: a foreign event in a stream of ours', () => {
  let before: object;
  beforeAll(async () => {
    await engine.run();
    before = await shown();
    await engine.stop();
    const store = await openEmbeddedEventStore({ folder: engine.folder });
    // It looks like one of ours, which makes it no more of one.
    const closing = { id: newId(), type: 'CaseClosed', data: Buffer.from('{}'), metadata: Buffer.from('{"user":"x"}') };
    const noise = { id: newId(), type: 'Noise', data: Buffer.from([0, 255]), metadata: Buffer.alloc(0) };
    await store.append(`case-${caseId}`, 'any', [
      { ...closing, contentType: 'application/json' },
      { ...noise, contentType: 'application/octet-stream' },
    ]);
    await store.close();
    await engine.run();
  });

  async function shown(): Promise<Record<string, unknown>> {
    return (await engine.get(`/cases/${caseId}`)).body;
  }

  test('is flagged on the case and on the board, and ignored by the fold', async () => {
    const { foreign, ...rest } = await shown();
    expect(foreign).toHaveLength(2);
    expect(rest).toEqual(before);
    await engine.settled();
    expect((await engine.get('/cases')).body.items).toMatchObject([{ caseId, phase: 'handling', foreign: true }]);
    const types = (await engine.get(`/cases/${caseId}/timeline`)).body.items.map((it: { type: string }) => it.type);
    expect(types).not.toContain('CaseClosed');
    const feed = (await engine.get('/events?limit=1000')).body;
    expect(feed.events.map((it: { type: string }) => it.type)).not.toContain('redress.CaseClosed');
  });

  test('is chained: the case goes on behind it, the verifier counts it, a change of it is found', async () => {
    expect((await engine.post(`/cases/${caseId}/add-note`, { text: 'behind it' })).status).toBe(200);
    await engine.settled();
    await engine.stop();
    expect(await verify({ data: engine.folder })).toMatchObject({ foreign: 2, faults: [] });
    await onCopy(
      (log) =>
        log
          .prepare(`UPDATE events SET metadata = ? WHERE metadata = ?`)
          .run(Buffer.from('{"user":"y"}'), Buffer.from('{"user":"x"}')),
      async (folder) => expect((await verify({ data: folder })).faults).toHaveLength(1),
    );
  });

  test('live views equal a rebuild all the same', async () => {
    expect(await partFromRebuild(engine.folder)).toEqual([]);
  });
});
