// `npm test`: finds or gets the programs that the tests drive, runs Jest on the built files, and ends with the totals.
// With arguments it hands them to Jest: `npm test -- libs/cases`.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What tests use besides Node: the variable that names it, names of the program, the Debian package that has it. */
const PROGRAMS = [
  {
    name: 'Chromium',
    variable: 'TEST_CHROMIUM',
    binaries: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
  },
  { name: 'strace', variable: 'TEST_STRACE', binaries: ['strace'], debian: 'strace' },
];

function onPath(binaries) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const binary of binaries) {
      const file = join(folder, binary);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here: the next folder may have it.
      }
    }
  }
  return undefined;
}

function installed({ debian, binaries }) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || onPath(['apt-get']) === undefined) return undefined;
  const aptGet = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  console.log(`Installing ${debian} from Debian's packages …`);
  aptGet('-qq', 'update');
  aptGet('-qq', 'install', '-y', '--no-install-recommends', debian);
  return onPath(binaries);
}

const environment = { ...process.env };
const missing = [];
for (const program of PROGRAMS) {
  const file = process.env[program.variable] ?? onPath(program.binaries) ?? installed(program);
  if (file !== undefined && existsSync(file)) environment[program.variable] = file;
  else missing.push(program.name);
}

const scratch = mkdtempSync(join(tmpdir(), 'redress-test-'));
const report = join(scratch, 'report.json');
environment.NODE_OPTIONS =
  `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim();
environment.TEST_PROGRAMS_MISSING = missing.join(',');

const jest = spawn(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`, ...process.argv.slice(2)],
  { stdio: ['ignore', 'ignore', 'inherit'], env: environment },
);
jest.on('exit', (code) => {
  const totals = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  rmSync(scratch, { recursive: true, force: true });
  for (const name of missing) console.log(`Not had, so what needs it was left out: ${name}`);
  const leftOut = missing.length > 0 && process.env.CI === 'true';
  if (totals === undefined) console.log('Jest wrote no report.');
  else
    console.log(
      `${totals.numPassedTests} passed, ${totals.numFailedTests + totals.numRuntimeErrorTestSuites} failed, ${totals.numPendingTests} skipped`,
    );
  process.exit(code !== 0 || totals === undefined || leftOut ? 1 : 0);
});
