import { createServer, connect, type Server } from 'node:net';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type TestServer } from './postgres-server.js';
import { startRedis } from './redis-server.js';

/** The servers that tests share: which variable names one that runs already, and how to start one. */
const SERVICES = {
  postgres: { variable: 'TEST_POSTGRES_URL', start: startPostgres },
  redis: { variable: 'TEST_REDIS_URL', start: startRedis },
} as const;
export type ServiceName = keyof typeof SERVICES;

/** Where the process that began the test run answers for the servers it keeps. */
const SOCKET = 'TEST_SERVICES';

/**
 * The address of a server of the test run, which is started when the first test asks for it.
 * @returns undefined where the machine has no such program: what needs it is left out, and `npm test` says so
 */
export async function serviceUrl(name: ServiceName): Promise<string | undefined> {
  const named = process.env[SERVICES[name].variable];
  if (named) return named;
  const path = process.env[SOCKET];
  if (path === undefined) throw new Error('servers are kept by Jest’s global setup, which did not run');
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(path, () => socket.write(name));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.once('end', () => resolve(text));
    socket.once('error', reject);
  });
  const { url, failure } = JSON.parse(answer) as { url?: string; failure?: string };
  if (failure !== undefined) throw new Error(failure);
  return url;
}

let keeper: { readonly server: Server; readonly folder: string; readonly running: TestServer[] } | undefined;

/** Jest calls it once, before any test: nothing is started yet. */
export async function keepServices(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-services-'));
  // PostgreSQL runs as another user and must get through to its own folder.
  chmodSync(folder, 0o755);
  const running: TestServer[] = [];
  const started = new Map<ServiceName, Promise<TestServer | undefined>>();
  const start = async (name: ServiceName): Promise<TestServer | undefined> => {
    const server = await SERVICES[name].start(join(folder, name));
    if (server) running.push(server);
    return server;
  };
  const server = createServer((socket) => {
    socket.once('data', (asked) => {
      const name = asked.toString() as ServiceName;
      if (!started.has(name)) started.set(name, start(name));
      started.get(name)!.then(
        (it) => socket.end(JSON.stringify({ url: it?.url })),
        (error: unknown) => socket.end(JSON.stringify({ failure: String(error) })),
      );
    });
  });
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  server.unref();
  process.env[SOCKET] = path;
  keeper = { server, folder, running };
}

/** Jest calls it once, after all tests. */
export async function endServices(): Promise<void> {
  if (!keeper) return;
  const { server, folder, running } = keeper;
  keeper = undefined;
  server.close();
  for (const it of running) await it.stop();
  rmSync(folder, { recursive: true, force: true });
}
