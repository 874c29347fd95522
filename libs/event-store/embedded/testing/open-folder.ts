// Opens the log of a folder for writing, says how that went, and closes it.
import { openEmbeddedEventStore } from '../index.js';

try {
  const store = await openEmbeddedEventStore({ folder: process.argv[2]! });
  await store.close();
  process.stdout.write('opened');
} catch (error) {
  process.stdout.write((error as { code?: string }).code ?? String(error));
}
