// Writes docs/generated out of the code; with --check it only says what drifted, and ends with 1 where something did.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (...words) => {
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
run(join(root, 'deploy', 'build.mjs'), '--code');
run(join(root, 'dist', 'apps', 'api', 'generate.js'), ...process.argv.slice(2));
