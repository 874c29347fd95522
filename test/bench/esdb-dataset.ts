// `esdb-dataset.js <folder> <events>`: fills a log with events of streams of 200, and writes the same events as ready messages.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { newId } from '#kernel';
import { EventEncoder } from '../../libs/event-store/endpoint/wire/event-encoder.js';

const [folder, count] = process.argv.slice(2);
const EVENTS = Number(count);
const PER_STREAM = 200;

const event = (i: number) => ({
  id: newId(),
  type: `Sample${i % 20}Happened`,
  contentType: 'application/json' as const,
  data: Buffer.from(
    JSON.stringify({ number: i, amountCents: i * 7, text: 'words '.repeat(30), at: '2026-01-05T01:00:00.000Z' }),
  ),
  metadata: Buffer.from(
    JSON.stringify({ v: 1, actor: { id: newId(), role: 'agent' }, correlation: newId(), prev: 'f'.repeat(64) }),
  ),
});

const store = await openEmbeddedEventStore({ folder: folder! });
for (let i = 0; i < EVENTS; i += PER_STREAM) {
  await store.append(
    `sample-${i / PER_STREAM}`,
    'no_stream',
    Array.from({ length: PER_STREAM }, (_, j) => event(i + j)),
  );
}

const file = createWriteStream(join(folder!, 'messages.bin'));
const encoder = new EventEncoder(store.queries.rows);
for (let after = -1; ;) {
  const rows = store.queries.rawAll(BigInt(after) + 1n, 1_000);
  for (const row of rows) {
    const message = encoder.encode({ event: row }, 'string');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.length);
    file.write(length);
    if (!file.write(message)) await once(file, 'drain');
  }
  if (rows.length < 1_000) break;
  after = rows.at(-1)![0];
}
file.end();
await once(file, 'close');
await store.close();
console.log(JSON.stringify({ events: EVENTS }));
