import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const DIST = join(import.meta.dirname, '..', '..');
export const KEY = 'the administrator of the benchmark';

export const scratchFolder = (): string => mkdtempSync(join(tmpdir(), 'redress-bench-'));

/** A server in a process of its own. */
export interface Child {
  readonly url: string;
  /** Milliseconds of processor that it has used; undefined where the system does not say. */
  cpuMs(): number | undefined;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Linux counts in hundredths of a second. */
function cpuMs(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

async function started(child: ChildProcess): Promise<Child> {
  const said: string[] = [];
  for await (const text of createInterface({ input: child.stdout! })) {
    said.push(text);
    const url = /(https?|esdb):\/\/127\.0\.0\.1:\d+(\?tls=false)?/.exec(text)?.[0];
    if (url === undefined) continue;
    child.stdout!.resume();
    return {
      url,
      cpuMs: () => cpuMs(child.pid!),
      pid: child.pid!,
      stop: async () => {
        child.kill('SIGTERM');
        if (child.exitCode === null) await once(child, 'exit');
      },
    };
  }
  throw new Error(`the server did not start: ${said.join('\n')}`);
}

const run = (script: string, environment: Record<string, string>, args: readonly string[] = []): Promise<Child> =>
  started(
    spawn(process.execPath, [join(DIST, script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', ...environment },
    }),
  );

/** The engine as `npm start` runs it. */
export const startEngine = (folder: string, environment: Record<string, string> = {}): Promise<Child> =>
  run('apps/api/main.js', {
    PORT: '0',
    REDRESS_DATA: folder,
    REDRESS_ADMIN_KEY: KEY,
    REDRESS_LOG_LEVEL: 'error',
    ...environment,
  });

/** The log of a folder behind the EventStoreDB endpoint, without the engine. */
export const startEndpoint = (folder: string): Promise<Child> =>
  run('libs/event-store/endpoint/testing/serve.js', {}, [folder]);

/** A bare gRPC server with messages that are ready. */
export const startBareGrpc = (messages: string): Promise<Child> =>
  run('test/bench/bare/grpc-server.js', {}, [messages]);

/** What one command of the engine costs: rows, sealed parts and bytes, so that the bare server writes as much. */
export interface Weight {
  readonly events: number;
  readonly parts: number;
  readonly dataBytes: number;
  readonly metadataBytes: number;
}

export const startBareServer = (folder: string, work: 'full' | 'insert', weight: Weight): Promise<Child> =>
  run('test/bench/bare/server.js', {
    BARE_WORK: work,
    BARE_FOLDER: folder,
    BARE_KEY: KEY,
    BARE_EVENTS: String(weight.events),
    BARE_PARTS: String(weight.parts),
    BARE_DATA_BYTES: String(weight.dataBytes),
    BARE_METADATA_BYTES: String(weight.metadataBytes),
  });

/** Runs a script to its end in a process of its own and reads the last line it prints as JSON. */
export async function measured<T>(script: string, args: readonly string[]): Promise<T> {
  const child = spawn(process.execPath, ['--expose-gc', join(DIST, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1' },
  });
  let last = '';
  for await (const text of createInterface({ input: child.stdout })) {
    last = text;
    if (!text.startsWith('{')) console.log(`  ${text}`);
  }
  if (!last.startsWith('{')) throw new Error(`${script} printed no result`);
  return JSON.parse(last) as T;
}
