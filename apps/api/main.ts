import 'reflect-metadata';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { startServer, type ApiServer } from './server.js';
import { FolderInUse } from './data-folder.js';
import { readSettings, WrongSettings, type Settings } from './settings.js';

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
  const isExpected = error instanceof WrongSettings || error instanceof FolderInUse || isStartUpCode(error);
  process.stderr.write(
    `${isExpected ? settingOf(error) + (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

/** What an operator can mend: its message says it all, and where in our code it arose says nothing. */
const START_UP_CODES = [
  'EADDRINUSE',
  'EACCES',
  'EADDRNOTAVAIL',
  'ENOSPC',
  'EDQUOT',
  'SQLITE_FULL',
  'FOLDER_IN_USE',
  'FOLDER_UNUSABLE',
  'WRONG_MASTER_KEY',
  'MASTER_KEY_UNUSABLE',
  'SCHEMA_NEWER',
  'CHECKPOINT_AHEAD',
  'VIEWS_OF_ANOTHER_LOG',
  'OUTBOX_OF_ANOTHER_LOG',
  'ACCESS_DENIED',
  'STORE_UNAVAILABLE',
];

/** Which setting is meant, where the message does not say so itself. */
function settingOf(error: unknown): string {
  const { code = '' } = error as { code?: string };
  const setting = SETTING_OF_CODES.find(([codes]) => codes.test(code))?.[1];
  return setting === undefined ? '' : `${setting}: `;
}

const SETTING_OF_CODES: readonly (readonly [codes: RegExp, setting: string])[] = [
  [/^DATABASE_/, 'REDRESS_DATABASE_URL'],
  [/^REDIS_/, 'REDRESS_REDIS_URL'],
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)$/, 'REDRESS_DATA'],
  [/^EADDRINUSE$/, 'PORT'],
  [/^EADDRNOTAVAIL$/, 'HOST'],
];

function isStartUpCode(error: unknown): boolean {
  const { code = '' } = error as { code?: string };
  return START_UP_CODES.includes(code) || /^(DATABASE|REDIS)_/.test(code);
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
