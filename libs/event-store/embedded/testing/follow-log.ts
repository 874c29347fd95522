// A worker thread that follows the log with a reader of its own and tells its parent what comes.
import { parentPort, workerData } from 'node:worker_threads';
import { openEmbeddedEventReader } from '../index.js';

const reader = openEmbeddedEventReader({ folder: workerData as string });
for await (const message of reader.subscribeToAll()) {
  if (message.kind === 'event') parentPort!.postMessage(message.event.id);
  if (message.kind === 'caughtUp') parentPort!.postMessage('caughtUp');
}
