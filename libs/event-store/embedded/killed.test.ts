import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openEmbeddedEventStore } from './index.js';

const APPENDER = fileURLToPath(new URL('./testing/append-forever.js', import.meta.url));
const BATCH = 5;
const ROUNDS = 5;

/** Lets a process append until it has said so many acknowledgements, then kills it. @returns all that it said */
async function killAfter(folder: string, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, [APPENDER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === acknowledgements) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return said;
}

test('EVENT_STORE 9: killed mid-append, all of a batch is there or none, and no position is given twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-killed-'));
  const acknowledged: string[] = [];
  const idAt = new Map<bigint, string>();
  for (let round = 0; round < ROUNDS; round++) {
    acknowledged.push(...(await killAfter(folder, 20 + Math.floor(Math.random() * 300))));
    const store = await openEmbeddedEventStore({ folder });
    const all = await store.readAll();
    await store.close();
    const batches = new Map<string, number>();
    const revisions = new Map<string, bigint>();
    for (const { id, stream, revision, position, data } of all) {
      const { batch } = JSON.parse(Buffer.from(data).toString()) as { batch: string };
      batches.set(batch, (batches.get(batch) ?? 0) + 1);
      expect(revision).toBe((revisions.get(stream) ?? -1n) + 1n);
      revisions.set(stream, revision);
      expect(idAt.get(position.commit) ?? id).toBe(id);
      idAt.set(position.commit, id);
    }
    expect([...batches.values()].filter((count) => count !== BATCH)).toEqual([]);
    expect(acknowledged.filter((batch) => !batches.has(batch))).toEqual([]);
    expect(idAt.size).toBe(all.length);
  }
  rmSync(folder, { recursive: true });
});
