// Appends until the log cannot be written, then once more for each line of standard input. Says what became of each append.
import { createInterface } from 'node:readline';
import { newId } from '#kernel';
import { openEmbeddedEventStore } from '../index.js';

const store = await openEmbeddedEventStore({ folder: process.argv[2]! });

/** Two batches of two events, which go into one group. */
async function appendTwo(): Promise<boolean> {
  const answers = await Promise.allSettled([appendOne(), appendOne()]);
  return answers.every(({ status }) => status === 'fulfilled');
}

async function appendOne(): Promise<void> {
  const batch = [newId(), newId()];
  const events = batch.map((id) => ({
    id,
    type: 'SampleHappened',
    contentType: 'application/octet-stream' as const,
    data: Buffer.alloc(50_000),
    metadata: Buffer.alloc(0),
  }));
  try {
    await store.append('sample', 'any', events);
    process.stdout.write(`stored ${batch.join(' ')}\n`);
  } catch (error) {
    process.stdout.write(`${(error as { code: string }).code} ${batch.join(' ')}\n`);
    throw error;
  }
}

while (await appendTwo());
process.stdout.write('full\n');
for await (const _ of createInterface({ input: process.stdin }))
  process.stdout.write((await appendTwo()) ? 'room\n' : 'full\n');
await store.close();
