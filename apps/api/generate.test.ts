import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

test('DESIGN 10: what docs/generated holds is what the code says (npm run generate mends it)', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'generate.js'), '--check'], {
    env: { PATH: process.env['PATH'] },
  });
  expect([stdout.toString(), status]).toEqual(['', 0]);
});
