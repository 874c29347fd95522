import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent, START, streamNameFilter, type ResolvedEvent } from '@eventstore/db-client';
import { COMPLAINT, Server } from './server.js';

const EXAMPLE = join(import.meta.dirname, '../../../docs/examples/consume-group.mjs');

/** The endpoint serves the embedded log, whatever store the other journeys are on. */
const embedded = { EVENTSTOREDB_URL: '', REDRESS_ESDB_PORT: '0' };
const esdb = { ...embedded, REDRESS_ESDB_INSECURE: '1', REDRESS_ESDB_FOREIGN_WRITES: '1' };
const urlOf = (of: Server): string => {
  const { esdbPort } = JSON.parse(of.said.find((line) => line.startsWith('{"listening":true'))!) as {
    esdbPort: number;
  };
  return `esdb://127.0.0.1:${esdbPort}?tls=false`;
};
const connect = (of: Server): EventStoreDBClient => EventStoreDBClient.connectionString(urlOf(of));

/** A complaint, and the board as soon as it shows it. */
async function received(of: Server): Promise<{ id: string; board: { caseId: string }[] }> {
  const { body, headers } = await of.admin.post('/cases', COMPLAINT);
  const at = encodeURIComponent(headers.get('redress-position')!);
  const board = (await of.admin.get(`/cases?atLeast=${at}`)).body as { items: { caseId: string }[] };
  return { id: body.caseId as string, board: board.items };
}

describe('beside clients of EventStoreDB', () => {
  let server: Server;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    server = await Server.start(esdb);
    client = connect(server);
  });
  afterAll(async () => {
    await client.dispose();
    await server.end();
  });

  test('another service follows the cases with the official client, live, and reads no personal word', async () => {
    const filter = streamNameFilter({ prefixes: ['case-'] });
    const subscription = client.subscribeToAll({ fromPosition: START, filter });
    const all: ResolvedEvent[] = [];
    const enough = new Promise<void>((resolve) => {
      subscription.on('data', (event) => {
        all.push(event);
        if (event.event!.type === 'NoteAdded') resolve();
      });
    });
    const id = await server.admin.receive();
    await server.admin.command(id, 'add-note', { text: '漏水的厨房' });
    await enough;
    const seen = all.filter(({ event }) => event!.streamId === `case-${id}`);
    expect(seen[0]!.event).toMatchObject({ streamId: `case-${id}`, type: 'CaseReceived', revision: 0n });
    const text = JSON.stringify(seen, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    for (const word of ['王芳', '13800138000', '漏水']) expect(text).not.toContain(word);
    await subscription.unsubscribe();
  });

  test('what others write stands beside the cases and changes nothing of them', async () => {
    const { id, board } = await received(server);
    const before = board.find(({ caseId }) => caseId === id);
    expect(before).toBeDefined();
    const foreign = ['CaseReceived', 'SubjectErased', '$nonsense'].map((type) =>
      jsonEvent({ type, data: { caseId: id } }),
    );
    await client.appendToStream('elsewhere-1', foreign);
    await client.appendToStream(`case_${id}`, foreign);
    await client.setStreamMetadata('elsewhere-1', { maxCount: 1 });
    await client.tombstoneStream('elsewhere-2');
    await expect(client.appendToStream(`case-${id}`, foreign)).rejects.toMatchObject({ type: 'access-denied' });
    const { id: other, board: after } = await received(server);
    const others = board.map(({ caseId }) => caseId);
    expect(after.map(({ caseId }) => caseId).sort()).toEqual([...others, other].sort());
    expect(after.find(({ caseId }) => caseId === id)).toEqual(before);
    const feed = JSON.stringify((await server.admin.get('/events?limit=100')).body);
    expect(feed).toContain(other);
    expect(feed).not.toContain('elsewhere');
    expect((await server.admin.get('/health')).status).toBe(200);
  });

  test('issue 11: an operator makes a group, sees that its service is stuck, and replays what was parked', async () => {
    expect(await server.redress('consumers', 'create', '$all', 'mirror', '--stream-prefixes', 'case-')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\$all {2}mirror {2}consumers 0 /),
    });
    const id = await server.admin.receive();
    const service = client.subscribeToPersistentSubscriptionToAll('mirror');
    const working = (async () => {
      for await (const resolved of service) {
        const { streamId, revision } = resolved.event!;
        if (streamId === `case-${id}` && revision === 0n) await service.nack('park', 'no room for it', resolved);
        else await service.ack(resolved);
      }
    })();
    const until = async (holds: (group: { parked: number; consumers: number }) => boolean): Promise<void> => {
      while (!holds((await server.admin.get('/consumer-groups/$all/mirror')).body)) await delay(50);
    };
    await until(({ parked }) => parked === 1);
    await service.unsubscribe();
    await working;
    await until(({ consumers }) => consumers === 0);
    expect((await server.admin.get('/consumer-groups')).body).toMatchObject({
      items: [{ stream: '$all', group: 'mirror', parked: 1, inFlight: 0 }],
    });
    expect((await server.admin.get('/metrics')).body).toContain('redress_consumer_group_parked{group="mirror"} 1');

    const example = spawn(process.execPath, [EXAMPLE], { env: { ...process.env, ESDB: urlOf(server) } });
    try {
      const lines = createInterface({ input: example.stdout })[Symbol.asyncIterator]();
      const replay = await server.redress('consumers', 'replay', '$all', 'mirror');
      expect(replay).toEqual({ code: 0, out: '1 parked events are sent again.\n' });
      const mine = `case-${id}@0 CaseReceived`;
      while (!(await lines.next()).value?.startsWith(mine));
      expect((await server.redress('consumers', 'show', '$all', 'mirror')).out).toMatch(
        /consumers 1 .* parked 0[^]*maxRetryCount 10[^]*anonymous .* 127\.0\.0\.1/,
      );
    } finally {
      example.kill();
    }
    expect(await server.admin.send('DELETE', '/consumer-groups/$all/mirror')).toMatchObject({ status: 200 });
    expect((await server.admin.get('/consumer-groups')).body).toEqual({ items: [] });
  });

  test('groups are for administrators; what cannot be done is said with its code', async () => {
    const { admin } = server;
    const { key } = await admin.hire('the auditor', 'auditor');
    for (const path of ['/consumer-groups', '/consumer-groups/$all/mirror']) {
      expect(await server.as(key).get(path)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
    const group = { stream: 'elsewhere', group: 'g' };
    expect(await admin.post('/consumer-groups', { ...group, startFrom: 'end' })).toMatchObject({
      status: 201,
      body: { ...group, consumers: 0, parked: 0, startFrom: 'end', settings: { maxRetryCount: 10 } },
    });
    const refusals: [object, number, string][] = [
      [group, 409, 'GROUP_EXISTS'],
      [{ ...group, maxRetryCount: -1 }, 422, 'VALIDATION_FAILED'],
      [{ ...group, typePrefixes: ['Case'] }, 422, 'VALIDATION_FAILED'],
      [{ stream: '$all', group: 'g', startFrom: 'nonsense' }, 400, 'BAD_POSITION'],
    ];
    for (const [order, status, code] of refusals) {
      expect(await admin.post('/consumer-groups', order)).toMatchObject({ status, body: { code } });
    }
    const missing = '/consumer-groups/elsewhere/missing';
    for (const answer of [
      await admin.get(missing),
      await admin.post(`${missing}/replay`),
      await admin.send('DELETE', missing),
    ]) {
      expect(answer).toMatchObject({
        status: 404,
        body: { code: 'GROUP_NOT_FOUND', facts: { stream: 'elsewhere', group: 'missing' } },
      });
    }
    expect(await admin.send('DELETE', '/consumer-groups/elsewhere/g')).toMatchObject({ status: 200, body: group });
    expect(await admin.get('/consumer-groups/elsewhere/g')).toMatchObject({ status: 404 });
  });
});

test('without a key nobody gets in, and without the setting there is nothing to get into', async () => {
  const closed = await Server.start(embedded);
  const stranger = connect(closed);
  await expect(stranger.appendToStream('elsewhere-1', jsonEvent({ type: 'a', data: {} }))).rejects.toMatchObject({
    type: 'access-denied',
  });
  await stranger.dispose();
  await closed.kill();
  await closed.run({ REDRESS_ESDB_PORT: '' });
  expect(closed.said.join('\n')).not.toContain('EventStoreDB');
  await closed.end();
});
