// The barest durable writer: one table, group commit, synchronous=FULL. It is the ceiling for the engine's log.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

const database = new Database((workerData as { file: string }).file);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(
  'CREATE TABLE event (position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, revision INTEGER, data BLOB, metadata BLOB)',
);
const insert = database.prepare('INSERT INTO event (stream, revision, data, metadata) VALUES (?, ?, ?, ?)');

export type Row = readonly [stream: string, revision: number, data: Uint8Array, metadata: Uint8Array];

const insertAll = database.transaction((rows: readonly Row[]) => rows.forEach((row) => insert.run(...row)));

parentPort!.on('message', (rows: readonly Row[]) => {
  insertAll(rows);
  parentPort!.postMessage('durable');
});
