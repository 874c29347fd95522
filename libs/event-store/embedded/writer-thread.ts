import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { commitChannel } from './commit-signal.js';
import { unpackGroup, type GroupMessage, type WriteOutcome } from './group.js';
import { LogWriter } from './log-writer.js';
import { openForWriting, propertiesOf, type LogProperties } from './schema.js';

/** What the thread says: first that it is ready, then the outcomes of each group. */
export type WriterMessage =
  | { readonly kind: 'ready'; readonly properties: LogProperties }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly WriteOutcome[] };

/** Beyond this many pages (8 MiB) the write-ahead log is carried over into the database. */
const CHECKPOINT_PAGES = 2_000;

const { path } = workerData as { path: string };
const port = parentPort!;
const db = openForWriting(path);
// Checkpoints are made after the answers, so that nobody waits for one who did not come after it.
db.pragma('wal_autocheckpoint = 0');
db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
const properties = propertiesOf(db);
const writer = new LogWriter(db);
const commits = new BroadcastChannel(commitChannel(properties.epoch));

port.on('message', (message: GroupMessage | 'close') => {
  if (message === 'close') close();
  else commit(message);
});
say({ kind: 'ready', properties });

function commit(group: GroupMessage): void {
  const outcomes = writer.commit(unpackGroup(group));
  say({ kind: 'outcomes', outcomes });
  if (outcomes.some(({ kind }) => kind === 'written')) commits.postMessage(0);
  checkpointWhenLarge();
}

function checkpointWhenLarge(): void {
  const [{ log, checkpointed }] = checkpoint('NOOP');
  if (log - checkpointed > CHECKPOINT_PAGES) checkpoint('PASSIVE');
}

interface WalState {
  /** Pages in the write-ahead log, and how many of them are in the database already. */
  readonly log: number;
  readonly checkpointed: number;
}

/** Failing is no harm: the write-ahead log keeps everything, and the next checkpoint tries again. */
function checkpoint(mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): [WalState] {
  try {
    return db.pragma(`wal_checkpoint(${mode})`) as [WalState];
  } catch {
    return [{ log: 0, checkpointed: 0 }];
  }
}

function close(): void {
  commits.close();
  // Readers of other threads may stay open: without this the log would stay in two files.
  checkpoint('TRUNCATE');
  db.close();
  port.close();
}

function say(message: WriterMessage): void {
  port.postMessage(message);
}
