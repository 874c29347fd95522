import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { commitChannel } from './commit-signal.js';
import { unpackGroup, type GroupMessage, type WriteOutcome } from './group.js';
import { LogWriter } from './log-writer.js';
import { openForWriting, propertiesOf, type LogProperties } from './schema.js';

/** What the thread says: first that it is ready, then the outcomes of each group. */
export type WriterMessage =
  | { readonly kind: 'ready'; readonly properties: LogProperties }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly WriteOutcome[] }
  | { readonly kind: 'closed' };

/** Beyond about this many pages (16 MiB) the write-ahead log is carried over into the database. */
const CHECKPOINT_PAGES = 4_000;
/** Leaves of two tables, two indexes and the sequence that one request touches besides its payload. */
const PAGES_PER_REQUEST = 3;
const PAGE_BYTES = 4_096;

const { path } = workerData as { path: string };
const port = parentPort!;
const db = openForWriting(path);
// Checkpoints are made after the answers, so that nobody waits for one who did not come after it.
db.pragma('wal_autocheckpoint = 0');
db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
const properties = propertiesOf(db);
const writer = new LogWriter(db);
const commits = new BroadcastChannel(commitChannel(properties.epoch));
let pagesSinceCheckpoint = 0;

port.on('message', (message: GroupMessage | 'close') => {
  if (message === 'close') close();
  else commit(message);
});
say({ kind: 'ready', properties });

function commit(group: GroupMessage): void {
  const outcomes = writer.commit(unpackGroup(group));
  say({ kind: 'outcomes', outcomes });
  if (outcomes.some(({ kind }) => kind === 'written')) commits.postMessage(0);
  pagesSinceCheckpoint += outcomes.length * PAGES_PER_REQUEST + group.bytes.length / PAGE_BYTES;
  if (pagesSinceCheckpoint > CHECKPOINT_PAGES) checkpoint();
}

/** Failing is no harm: the write-ahead log keeps everything, and the next checkpoint tries again. */
function checkpoint(): void {
  pagesSinceCheckpoint = 0;
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    return;
  }
}

function close(): void {
  commits.close();
  db.close();
  say({ kind: 'closed' });
  port.close();
}

function say(message: WriterMessage): void {
  port.postMessage(message);
}
