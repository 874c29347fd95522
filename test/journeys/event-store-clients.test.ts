import { afterEach, expect, test } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, START, streamNameFilter, type ResolvedEvent } from '@eventstore/db-client';
import { COMPLAINT, Server } from './server.js';

let server: Server | undefined;
let client: EventStoreDBClient | undefined;
afterEach(async () => {
  await client?.dispose();
  await server?.end();
});

/** The endpoint serves the embedded log, whatever store the other journeys are on. */
const embedded = { EVENTSTOREDB_URL: '', REDRESS_ESDB_PORT: '0' };
const esdb = { ...embedded, REDRESS_ESDB_INSECURE: '1', REDRESS_ESDB_FOREIGN_WRITES: '1' };
const connect = (of: Server): EventStoreDBClient => {
  const { esdbPort } = JSON.parse(of.said.find((line) => line.startsWith('{"listening":true'))!) as {
    esdbPort: number;
  };
  return EventStoreDBClient.connectionString(`esdb://127.0.0.1:${esdbPort}?tls=false`);
};

test('another service follows the cases with the official client, live, and reads no personal word', async () => {
  server = await Server.start(esdb);
  client = connect(server);
  const filter = streamNameFilter({ prefixes: ['case-'] });
  const subscription = client.subscribeToAll({ fromPosition: START, filter });
  const seen: ResolvedEvent[] = [];
  const enough = new Promise<void>((resolve) => {
    subscription.on('data', (event) => {
      seen.push(event);
      if (event.event!.type === 'NoteAdded') resolve();
    });
  });
  const id = await server.admin.receive();
  await server.admin.command(id, 'add-note', { text: '漏水的厨房' });
  await enough;
  expect(seen[0]!.event).toMatchObject({ streamId: `case-${id}`, type: 'CaseReceived', revision: 0n });
  const text = JSON.stringify(seen, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  for (const word of ['王芳', '13800138000', '漏水']) expect(text).not.toContain(word);
  await subscription.unsubscribe();
});

/** A complaint, and the board as soon as it shows it. */
async function received(of: Server): Promise<{ id: string; board: { caseId: string }[] }> {
  const { body, headers } = await of.admin.post('/cases', COMPLAINT);
  const at = encodeURIComponent(headers.get('redress-position')!);
  const board = (await of.admin.get(`/cases?atLeast=${at}`)).body as { items: { caseId: string }[] };
  return { id: body.caseId as string, board: board.items };
}

test('what others write stands beside the cases and changes nothing of them', async () => {
  server = await Server.start(esdb);
  client = connect(server);
  const { id, board: before } = await received(server);
  expect(before).toHaveLength(1);
  const foreign = ['CaseReceived', 'SubjectErased', '$nonsense'].map((type) =>
    jsonEvent({ type, data: { caseId: id } }),
  );
  await client.appendToStream('elsewhere-1', foreign);
  await client.appendToStream(`case_${id}`, foreign);
  await client.setStreamMetadata('elsewhere-1', { maxCount: 1 });
  await client.tombstoneStream('elsewhere-2');
  await expect(client.appendToStream(`case-${id}`, foreign)).rejects.toMatchObject({ type: 'access-denied' });
  const { id: other, board } = await received(server);
  expect(board.map(({ caseId }) => caseId).sort()).toEqual([id, other].sort());
  expect(board.find(({ caseId }) => caseId === id)).toEqual(before[0]);
  const feed = JSON.stringify((await server.admin.get('/events?limit=100')).body);
  expect(feed).toContain(other);
  expect(feed).not.toContain('elsewhere');
  expect((await server.admin.get('/health')).status).toBe(200);
});

test('without a key nobody gets in, and without the setting there is nothing to get into', async () => {
  server = await Server.start(embedded);
  client = connect(server);
  await expect(client.appendToStream('elsewhere-1', jsonEvent({ type: 'a', data: {} }))).rejects.toMatchObject({
    type: 'access-denied',
  });
  await server.end();
  server = await Server.start();
  expect(server.said.join('\n')).not.toContain('EventStoreDB');
});
