// Builds what changed since the last build: code with swc, the console with Vite. Nothing to do takes a fraction of a second.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const SOURCES = ['libs', 'apps', 'test'];
const CONSOLE = join('apps', 'console');
const SETTINGS = ['package.json', '.swcrc'];

/** Every file below a folder, console and tests' examples left out where they are built in another way or not at all. */
function* filesBelow(folder, skip) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules' || skip.some((part) => path.endsWith(part))) continue;
    if (entry.isDirectory()) yield* filesBelow(path, skip);
    else yield path;
  }
}

/** Changes when any file was added, removed, grew, shrank or was written to. */
function fingerprint(files) {
  const sum = createHash('sha256');
  for (const file of [...files].sort()) {
    const { mtimeMs, size } = statSync(file);
    sum.update(`${relative(root, file)}\n${mtimeMs}\n${size}\n`);
  }
  return sum.digest('hex');
}

function buildIfChanged(name, files, artefact, build) {
  const stamp = join(dist, `.built-${name}`);
  const now = fingerprint(files);
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (before === now && existsSync(artefact)) return;
  build();
  mkdirSync(dist, { recursive: true });
  writeFileSync(stamp, now);
}

function run(script) {
  const { status } = spawnSync('npm', ['run', '--silent', script], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** What is built from a file that is gone must go too, or a deleted test would still run. */
function removeOrphans() {
  for (const folder of SOURCES.map((name) => join(dist, name)).filter((path) => existsSync(path))) {
    for (const built of filesBelow(folder, [])) {
      if (!/\.js(\.map)?$/.test(built)) continue;
      const source = join(root, relative(dist, built)).replace(/\.js(\.map)?$/, '');
      if (!['.ts', '.tsx', '.js', '.mjs'].some((ending) => existsSync(source + ending))) rmSync(built);
    }
  }
}

const code = SOURCES.map((name) => join(root, name)).filter((path) => existsSync(path));
const settings = SETTINGS.map((name) => join(root, name));

buildIfChanged(
  'code',
  [...code.flatMap((path) => [...filesBelow(path, [CONSOLE])]), ...settings],
  join(dist, 'apps', 'api', 'main.js'),
  () => {
    run('build:code');
    removeOrphans();
  },
);
// The command line needs no pages: `--code` leaves them out.
if (!process.argv.includes('--code') && existsSync(join(root, CONSOLE, 'index.html'))) {
  buildIfChanged(
    'console',
    [...filesBelow(join(root, CONSOLE), []), ...settings],
    join(dist, 'console', 'index.html'),
    () => run('build:console'),
  );
}
