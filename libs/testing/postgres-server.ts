import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { findProgram, POSTGRES } from './programs.js';

/** A server of a test run. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server whose restart a test plays. */
export interface RestartableServer extends TestServer {
  /** Ends it as a power failure would; `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends it so if it runs, and starts it on the same port and folder. */
  restart(): Promise<void>;
}

const USER = 'redress';
const PASSWORD = 'test';
/** Tests care for what is committed, not for what survives the machine: the disk is not waited for. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '300',
  unix_socket_directories: '',
  listen_addresses: '127.0.0.1',
  // Statistics come by our own `analyze` only, so that plans of tests do not change with the time they take.
  autovacuum: 'off',
} as const;

/**
 * Starts PostgreSQL on a free port, its data in a folder that is removed when it stops.
 * @returns undefined where the machine has no PostgreSQL
 */
export async function startPostgres(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<RestartableServer | undefined> {
  const found = findProgram(POSTGRES);
  if (found === undefined) return undefined;
  const binaries = dirname(realpathSync(found));
  const user = unprivileged();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD);
  for (const path of user ? [folder, passwordFile] : []) chownSync(path, user!.uid, user!.gid);
  const data = join(folder, 'data');
  const initdb = ['--pgdata', data, '--no-sync', '--username', USER, '--auth=scram-sha-256', '--pwfile', passwordFile];
  await promisify(execFile)(join(binaries, 'initdb'), [...initdb, '--encoding=UTF8', '--locale=C.UTF-8'], {
    ...user,
    cwd: folder,
  });
  const port = await freePort();
  const all = Object.entries({ ...SETTINGS, ...settings, port: String(port) });
  const args = ['-D', data, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const run = async (): Promise<ChildProcess> => {
    const child = spawn(join(binaries, 'postgres'), args, { ...user, cwd: folder, stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    await answers(port, child);
    return child;
  };
  let child = await run();
  // SIGQUIT: every session is cut off at once, what was committed is recovered from the write-ahead log.
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = once(child, 'exit');
    if (child.exitCode === null && child.kill(signal)) await gone;
  };
  return {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    kill: () => end('SIGQUIT'),
    async restart() {
      await end('SIGQUIT');
      child = await run();
    },
    async stop() {
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: then it runs as whoever the machine keeps for such things. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const found = ['postgres', 'nobody'].map((name) => users.find((line) => line.startsWith(`${name}:`))).find(Boolean);
  if (found === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
  const [, , uid, gid] = found.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Until the server takes connections: it answers the question whether it speaks TLS with one byte. */
async function answers(port: number, child: ChildProcess): Promise<void> {
  const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}`);
    const heard = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(SSL_REQUEST));
      socket.once('data', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
      socket.once('end', () => resolve(false));
    });
    if (heard) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PostgreSQL does not take connections');
}
