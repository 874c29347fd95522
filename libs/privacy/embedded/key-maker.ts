import { parentPort, workerData } from 'node:worker_threads';
import { KeyDatabase } from './key-database.js';

export interface KeyMakerData {
  readonly folder: string;
  readonly masterKey: Uint8Array;
  readonly check: Uint8Array;
}

/** A batch that is durable already; `keys` holds the keys in the order of the ids. */
export interface KeysMade {
  readonly ids: readonly string[];
  readonly keys: Uint8Array;
}

const { folder, masterKey, check } = workerData as KeyMakerData;
const database = new KeyDatabase(folder, Buffer.from(masterKey), Buffer.from(check));

parentPort!.on('message', (count: number) => {
  const fresh = database.make(count);
  const made: KeysMade = { ids: fresh.map(({ id }) => id), keys: Buffer.concat(fresh.map(({ key }) => key)) };
  parentPort!.postMessage(made);
});
