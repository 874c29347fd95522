// Appends batches to the log of a folder until it is killed, and says of each batch on standard output that it was acknowledged.
import { writeSync } from 'node:fs';
import { newId } from '#kernel';
import { openEmbeddedEventStore } from '../index.js';

const BATCH = 5;
const IN_FLIGHT = 16;

const folder = process.argv[2]!;
const store = await openEmbeddedEventStore({ folder });

async function appendTo(stream: string): Promise<never> {
  for (;;) {
    const batch = newId();
    const events = Array.from({ length: BATCH }, () => ({
      id: newId(),
      type: 'SampleHappened',
      contentType: 'application/json' as const,
      data: Buffer.from(JSON.stringify({ batch, filling: 'x'.repeat(500) })),
      metadata: Buffer.alloc(0),
    }));
    await store.append(stream, 'any', events);
    // Synchronously: what was acknowledged must have been said before the process can be killed.
    writeSync(1, `${batch}\n`);
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => appendTo(`sample-${i}`)));
