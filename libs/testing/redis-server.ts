import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { freePort } from './free-port.js';
import type { RestartableServer } from './postgres-server.js';
import { findProgram, REDIS } from './programs.js';

/**
 * Starts Redis on a free port as jobs need it: every write in its append-only file, nothing evicted.
 * @returns undefined where the machine has no Redis
 */
export async function startRedis(folder: string): Promise<RestartableServer | undefined> {
  const program = findProgram(REDIS);
  if (program === undefined) return undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'always' };
  const args = Object.entries({ ...settings, 'maxmemory-policy': 'noeviction' }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const run = async () => {
    const started = spawn(program, args, { cwd: folder, stdio: 'ignore' });
    process.once('exit', () => started.kill('SIGKILL'));
    await answers(port, () => started.exitCode);
    return started;
  };
  let child = await run();
  const end = async (): Promise<void> => {
    const gone = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGKILL')) await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: end,
    async restart() {
      await end();
      child = await run();
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number, exitCode: () => number | null): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (exitCode() !== null) throw new Error(`Redis ended with ${exitCode()}`);
    const heard = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
      // While it loads its file it answers with an error.
      socket.once('data', (data) => (socket.destroy(), resolve(data.toString().startsWith('+PONG'))));
      socket.once('error', () => resolve(false));
    });
    if (heard) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Redis does not take connections');
}
