import { StoreUnavailable } from '../errors.js';
import { Connection } from './connection.js';
import { EventStoreDb } from './store.js';
import { unreachable } from './unreachable.js';

export type { EventStoreDb } from './store.js';

export interface EventStoreDbOptions {
  /** How long an operation is tried again where the connection fails. Default: 30 s. */
  readonly retryForMs?: number;
  /** How long the first answer is waited for. Default: 10 s. */
  readonly openForMs?: number;
  /** A subscription that hears nothing for so long asks whether there is something it should have heard. Default: 15 s. */
  readonly quietMs?: number;
  /** Whether a log that has no name yet is marked as written under a test clock when it gets one. Default: no. */
  readonly testLog?: boolean;
}

const RETRY_FOR_MS = 30_000;
const OPEN_FOR_MS = 10_000;

/**
 * Opens the log that a connection string names: `esdb://[user:password@]host[:port][,host…][?tls=false&…]`, or
 * `esdb+discover://` for a cluster.
 * @throws InvalidArgument on a string that cannot be read, or whose TLS is not the server's; AccessDenied on wrong credentials,
 * StoreUnavailable where nobody answers
 */
export async function openEventStoreDb(
  connectionString: string,
  options: EventStoreDbOptions = {},
): Promise<EventStoreDb> {
  const { retryForMs = RETRY_FOR_MS, openForMs = OPEN_FOR_MS, ...more } = options;
  const connection = new Connection(connectionString);
  try {
    return await EventStoreDb.open(connection, { openForMs, retryForMs, ...more });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const cause = error.cause instanceof Error ? error.cause : error;
    throw unreachable(connection.name, cause, error);
  }
}
