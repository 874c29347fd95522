import { afterEach, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineProcess } from '../support/engine.js';
import { Server } from './server.js';

let server: Server | undefined;
afterEach(() => server?.end());

test('a setting that is not known or wrong is an error at the start that says what is allowed', async () => {
  await expect(Server.start({ REDRESS_DAAT: 'x' })).rejects.toThrow(/REDRESS_DAAT is no setting.*REDRESS_DATA/);
  await expect(Server.start({ REDRESS_REDIS_URL: 'http://x' })).rejects.toThrow(/REDRESS_REDIS_URL is wrong/);
});

test('one folder with a log of its own has one server; the other says which', async () => {
  // Where the log is elsewhere several servers may share a folder: this is about the one machine, whichever size is tested.
  const one = await EngineProcess.start();
  try {
    await expect(EngineProcess.start({}, one.folder)).rejects.toThrow(new RegExp(`in use by the server at ${one.url}`));
  } finally {
    await one.end();
  }
});

test('the server says where it is in its folder while it runs, and takes it back when it stops', async () => {
  server = await Server.start();
  const file = join(server.folder, 'server.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ url: server.url });
  expect(await server.stop('SIGTERM')).toBe(0);
  expect(existsSync(file)).toBe(false);
});

test('a killed server leaves a folder that starts again with all that was acknowledged', async () => {
  server = await Server.start();
  const ids = await Promise.all(Array.from({ length: 20 }, () => server!.admin.receive()));
  await server.stop('SIGKILL');
  await server.run();
  for (const id of ids) expect((await server.admin.get(`/cases/${id}`)).status).toBe(200);
});

test('a server that stops answers what is under way', async () => {
  server = await Server.start();
  const { admin } = server;
  const sent = Array.from({ length: 50 }, () => admin.receive().catch(() => undefined));
  await sent[0];
  await server.stop();
  const acknowledged = (await Promise.all(sent)).filter((id) => id !== undefined);
  await server.run();
  for (const id of acknowledged) expect((await admin.get(`/cases/${id}`)).status).toBe(200);
});
