#!/usr/bin/env node
// The command line of the checkout: builds what is missing, then runs it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const built = join(root, 'dist', 'apps', 'cli', 'main.js');

if (!existsSync(built)) {
  const build = spawnSync(process.execPath, [join(root, 'deploy', 'build.mjs'), '--code'], { stdio: 'inherit' });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
await import(built);
