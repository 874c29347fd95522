import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { startEndpoint, type Endpoint, type EndpointAccess, type EndpointOptions } from '#event-store/endpoint';
import { freePort } from '#testing';
import { openLogReader } from '../../worker/log-reader.js';
import { openEventLog } from './event-log.js';

const BRIEF = { forMs: 0, attemptMs: 100 };
const logger = pino({ level: 'silent' });
const access: EndpointAccess = {
  authenticate: () => undefined,
  isOwn: () => false,
  foreignWrites: true,
  insecure: true,
};

const pem = (name: string): string =>
  join(import.meta.dirname, `../../../libs/event-store/endpoint/testing/test-only-${name}.pem`);
const tls = { cert: readFileSync(pem('cert')), key: readFileSync(pem('key')) };

let folder: string;
/** Of the engine: the log that the endpoint serves lies in another one. */
let own: string;
let store: EmbeddedEventStore;
let endpoints: Endpoint[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-event-log-'));
  own = mkdtempSync(join(tmpdir(), 'redress-event-log-own-'));
  store = await openEmbeddedEventStore({ folder });
  const serve = (insecure: boolean, more: Pick<EndpointOptions, 'tls'> = {}): Promise<Endpoint> =>
    startEndpoint({
      ...{ store, access: { ...access, insecure }, host: '127.0.0.1', port: 0, onFault: () => undefined },
      ...more,
    });
  endpoints = [await serve(true), await serve(false), await serve(false, { tls })];
});
afterAll(async () => {
  for (const endpoint of endpoints) await endpoint.close();
  await store.close();
  for (const it of [folder, own]) rmSync(it, { recursive: true, force: true });
});

const openUrl = (eventStoreUrl: string, testClock?: string) =>
  openEventLog({ folder: own, eventStoreUrl, testClock }, logger, BRIEF);
const open = (port: number, testClock?: string) => openUrl(`esdb://127.0.0.1:${port}?tls=false`, testClock);

test('EVENTS 20: a log in EventStoreDB that was named under a test clock takes no real time', async () => {
  const { port } = endpoints[0]!;
  const first = await open(port, 'now');
  await first.close();
  await expect(open(port)).rejects.toThrow(/written under a test clock/);
  const again = await open(port, 'now');
  expect(again.epoch).toBe(first.epoch);
  await again.close();
});

test('issue 11: wrong credentials, and a host that nobody answers at, are said as what they are', async () => {
  await expect(open(endpoints[1]!.port)).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('EVENTSTOREDB_URL'),
  });
  const port = await freePort();
  await expect(open(port)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
});

test('issue 11: where folder and settings disagree about where the log is, neither is opened, and nothing begins anew', async () => {
  const { port } = endpoints[0]!;
  await (await open(port, 'now')).close();
  const embedded = openEventLog({ folder: own, eventStoreUrl: undefined, testClock: 'now' }, logger);
  await expect(embedded).rejects.toMatchObject({
    code: 'LOG_ELSEWHERE',
    message: expect.stringContaining(`esdb://127.0.0.1:${port}: set EVENTSTOREDB_URL`),
  });
  await expect(openLogReader({ folder: own, eventStoreUrl: undefined })).rejects.toMatchObject({
    code: 'LOG_ELSEWHERE',
  });
  const eventStoreUrl = `esdb://127.0.0.1:${port}?tls=false`;
  await expect(openEventLog({ folder, eventStoreUrl, testClock: 'now' }, logger, BRIEF)).rejects.toMatchObject({
    code: 'LOG_HERE',
  });
  expect(readdirSync(own)).toEqual(['log-elsewhere']);
});

test('issue 11: TLS that the server does not speak, or whose certificate nobody here trusts, is said at once; nothing waits for it', async () => {
  const [plain, , secured] = endpoints.map(({ port }) => port);
  await expect(openUrl(`esdb://127.0.0.1:${plain}?tls=true`)).rejects.toThrow(
    /EVENTSTOREDB_URL is wrong: .*say tls=false/,
  );
  for (const seeds of [`127.0.0.1:${secured}`, `127.0.0.1:${secured},127.0.0.1:${secured}`]) {
    await expect(openUrl(`esdb://${seeds}?tls=true`)).rejects.toThrow(/EVENTSTOREDB_URL is wrong: .*tlsCAFile=/);
  }
  await expect(openUrl(`esdb://a:b@localhost:${secured}?tls=true&tlsCAFile=${pem('cert')}`)).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
  });
});

test('issue 11: without TLS where the server expects it, and credentials that cannot be sent, are said with what to change', async () => {
  await expect(open(endpoints[2]!.port)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(/^EVENTSTOREDB_URL: .*say tls=true/),
  });
  await expect(openUrl(`esdb://a:b@127.0.0.1:${endpoints[1]!.port}?tls=false`)).rejects.toThrow(
    /With tls=false no credentials are sent/,
  );
});
