import 'reflect-metadata';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { CASE_COMMANDS, CASE_EVENT_TYPES, caseAggregate } from '#cases';
import { CUSTOMER_COMMANDS, CUSTOMER_EVENT_TYPES, customerAggregate } from '#customers';
import { presentVersion } from '#kernel';
import { packJsonSchema } from '#policy';
import { commandPath, OPENING_COMMAND } from './commands/routes.js';
import { customerPath } from './customers/commands.controller.js';
import { Engine } from './engine/engine.js';
import { EVENT_TYPE_PREFIX } from './feed/cloud-event.js';
import { openApiDocument } from './open-api.js';
import { compose } from './server.js';
import { readSettings } from './start-up/settings.js';
import { Telemetry } from './telemetry.js';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'docs', 'generated');

/** What others build on, written out of the code itself: committed, and checked for drift (DESIGN 10). */
async function generated(): Promise<ReadonlyMap<string, unknown>> {
  return new Map<string, unknown>([
    ['openapi.json', await openApi()],
    ['events.json', eventCatalogue()],
    ['customer-events.json', customerEventCatalogue()],
    ['commands.json', commandCatalogue()],
    ['customer-commands.json', customerCommandCatalogue()],
    ['pack.schema.json', packJsonSchema()],
  ]);
}

async function openApi(): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-generate-'));
  const logger = pino({ level: 'silent' });
  const telemetry = new Telemetry();
  const settings = readSettings({ REDRESS_DATA: folder, REDRESS_TEST_CLOCK: '1', REDRESS_PROJECTIONS: 'pause' });
  const engine = await Engine.open(settings, { logger, telemetry });
  const app = await compose(engine, { logger, flush: () => undefined }, telemetry);
  await app.init();
  const document = openApiDocument(app);
  await app.close();
  await engine.close();
  rmSync(folder, { recursive: true });
  return document;
}

const eventCatalogue = (): unknown =>
  CASE_EVENT_TYPES.map((type) => ({
    type: EVENT_TYPE_PREFIX + type,
    schemaversion: presentVersion(caseAggregate.upcasts, type),
  }));

const commandCatalogue = (): unknown =>
  CASE_COMMANDS.filter(({ internal }) => !internal).map(({ name, roles, summary }) => ({
    name,
    path: name === OPENING_COMMAND ? '/cases' : `/cases/{id}/${commandPath(name)}`,
    roles,
    summary,
  }));

/** What stands in the streams of customers; the feed of cases does not carry them. */
const customerEventCatalogue = (): unknown =>
  CUSTOMER_EVENT_TYPES.map((type) => ({ type, schemaversion: presentVersion(customerAggregate.upcasts, type) }));

const customerCommandCatalogue = (): unknown =>
  CUSTOMER_COMMANDS.filter(({ internal }) => !internal).map(({ name, roles, summary }) => ({
    name,
    path: `/customers/${customerPath(name).replace(':id', '{id}')}`.replace(/\/$/, ''),
    roles,
    summary,
  }));

/** With `--check` nothing is written: what differs is named, and the process ends with 1. */
async function main(check: boolean): Promise<void> {
  const drifted: string[] = [];
  for (const [name, content] of await generated()) {
    const file = join(FOLDER, name);
    const text = `${JSON.stringify(content, null, 2)}\n`;
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    drifted.push(name);
    if (check) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const name of drifted)
    process.stdout.write(`docs/generated/${name} ${check ? 'is not what the code says' : 'written'}\n`);
  if (check && drifted.length > 0) process.exitCode = 1;
}

await main(process.argv.includes('--check'));
