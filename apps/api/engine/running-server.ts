import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Of the local operator: who may read the data folder may do anything with it. */
  readonly key: string;
}

/** The server that holds the folder, undefined where none does (a file left by a killed one is not believed). */
export function runningServer(folder: string): RunningServer | undefined {
  try {
    const server = JSON.parse(readFileSync(serverFile(folder), 'utf8')) as RunningServer;
    process.kill(server.pid, 0);
    return server;
  } catch {
    return undefined;
  }
}

/** Where it says that it is there. */
export const serverFile = (folder: string): string => join(folder, 'server.json');
