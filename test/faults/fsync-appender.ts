// Appends marked events, several at a time, and says each acknowledgement with a system call of its own.
import { writeSync } from 'node:fs';
import { newId } from '#kernel';
import { openEmbeddedEventStore } from '#event-store/embedded';

const [folder, rounds] = [process.argv[2]!, Number(process.argv[3])];
const IN_FLIGHT = 4;
const store = await openEmbeddedEventStore({ folder });

async function append(mark: string): Promise<void> {
  const data = Buffer.from(JSON.stringify({ mark }));
  const event = { id: newId(), type: 'Marked', contentType: 'application/json' as const, data, metadata: data };
  await store.append(`marked-${mark}`, 'no_stream', [event]);
  writeSync(1, `acknowledged ${mark}\n`);
}

for (let round = 0; round < rounds; round++)
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => append(`mark.${round * IN_FLIGHT + i}.`)));
await store.close();
