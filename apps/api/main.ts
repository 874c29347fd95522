import 'reflect-metadata';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { startServer, type ApiServer } from './server.js';
import { readSettings, type Settings } from './start-up/settings.js';
import { isStartUpFault, startUpMessage } from './start-up/start-up-faults.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What an operator needs to hear once: how to get in. Secrets are said on the terminal and logged nowhere. */
function greet({ url, engine, esdbPort }: ApiServer): void {
  if (!process.stdout.isTTY) say(JSON.stringify({ listening: true, url, pid: process.pid, esdbPort }));
  say(`Redress answers at ${url}`);
  if (esdbPort !== undefined) say(`EventStoreDB clients are served on port ${esdbPort}`);
  const first = engine.firstAdministrator;
  if (first === undefined) return;
  if (first.warning !== undefined) say(first.warning);
  if (first.key !== undefined) say(`The first administrator's key, shown this once: ${first.key}`);
  say(`Sign in (works once, within 24 hours): ${url}/sign-in?token=${first.signIn.token}`);
}

async function wantsDemo(settings: Settings, asked: boolean, isEmpty: boolean): Promise<boolean> {
  if (!isEmpty) {
    if (asked) say('The folder is not empty: the demo is left out.');
    return false;
  }
  if (asked || settings.demo) return true;
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('The desk is empty. Fill it with a demo of some hundred complaints? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function fillWithDemo(server: ApiServer): Promise<void> {
  // Loaded only when it is wanted: a start does not wait for the stories.
  const { seedDemo } = await import('./demo.js');
  say('Filling the desk …');
  await seedDemo(server);
  say('The desk is full.');
}

/** Ends on the first signal when all that is under way is answered, at once on the second. */
function stopOnSignals(server: ApiServer): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}

function fail(error: unknown): never {
  process.stderr.write(
    `${isStartUpFault(error) ? startUpMessage(error) : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { demo: { type: 'boolean', default: false } } });
  const settings = readSettings(process.env);
  const server = await startServer(settings);
  stopOnSignals(server);
  greet(server);
  if (await wantsDemo(settings, values.demo, await server.engine.isEmpty())) await fillWithDemo(server);
}

await main().catch(fail);
