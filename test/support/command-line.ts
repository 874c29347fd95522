import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The built `redress`. */
export const CLI = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'main.js');

/** What it ended with, and all that it said. */
export interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs `redress` as a process of its own, as people do, in an environment in which nothing stands but what is said. */
export async function runRedress(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, out })));
}
