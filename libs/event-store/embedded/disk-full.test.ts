import { expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openEmbeddedEventStore } from './index.js';

const FILLER = fileURLToPath(new URL('./testing/fill-disk.js', import.meta.url));
const hasPrlimit = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'prlimit')));
const where = hasPrlimit ? test : test.skip;

where('a full disk makes the store unavailable, with nothing half-written, until there is room again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-full-'));
  // The limit on the size of files stands for the end of the disk: write(2) fails in the same places.
  const child = spawn('prlimit', ['--fsize=2000000:unlimited', process.execPath, FILLER, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const stored: string[] = [];
  const refused: string[] = [];
  const says: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...batch] = line.split(' ');
    if (word === 'stored') stored.push(...batch);
    else if (word === 'STORE_UNAVAILABLE') refused.push(...batch);
    else {
      says.push(line);
      if (says.length === 2) execFileSync('prlimit', ['--fsize=unlimited', '--pid', String(child.pid)]);
      if (says.length < 4) child.stdin.write('again\n');
      else child.stdin.end();
    }
  }
  if (child.exitCode === null) await once(child, 'exit');
  expect(says).toEqual(['full', 'full', 'room', 'room']);
  expect(refused).not.toEqual([]);
  const store = await openEmbeddedEventStore({ folder });
  const found = (await store.readStream('sample')).map(({ id }) => id);
  await store.close();
  expect(new Set(found)).toEqual(new Set(stored));
  expect(found).toHaveLength(stored.length);
  rmSync(folder, { recursive: true });
});
