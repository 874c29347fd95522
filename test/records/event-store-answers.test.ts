import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EndpointProcess } from '../../libs/event-store/endpoint/testing/endpoint-process.js';

/** Questions and what EventStoreDB 23.10.6 answered lie beside the checkout; they are no part of the project. */
const FOLDER = join(import.meta.dirname, '../../../../shared/event-store');
const PROJECT = join(import.meta.dirname, '../../..');

/** The exit code says nothing: disposing of a client that left a read half-way never ends, whoever the server is. */
function ask(url: string): Promise<string> {
  const args = [join(FOLDER, 'probes.mjs'), url, '--compare', join(FOLDER, 'answers-23.10.6.json')];
  const child = spawn(process.execPath, args, { cwd: PROJECT });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => child.on('close', () => resolve(said)));
}

if (existsSync(FOLDER)) {
  let endpoint: EndpointProcess;
  beforeAll(async () => {
    endpoint = await EndpointProcess.start();
  });
  afterAll(() => endpoint.end());

  test('EVENT_STORE: the endpoint answers every recorded question as EventStoreDB 23.10.6 did', async () => {
    const said = await ask(endpoint.url);
    expect(said.split('\n').filter((line) => line !== '' && !line.startsWith('same '))).toEqual([
      '95 the same, 0 different',
    ]);
    expect(endpoint.faults).toBe('');
  }, 180_000);
} else {
  const notice = 'EVENT_STORE: the recorded answers are absent: the endpoint was not compared with EventStoreDB';
  test(notice, () => console.warn(notice));
}
