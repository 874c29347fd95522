import { StreamNotFound } from './errors.js';
import type { StoredEvent } from './port.js';

/** What is read of a stream; no events where there is no such stream yet. */
export async function orNone(read: Promise<StoredEvent[]>): Promise<StoredEvent[]> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof StreamNotFound) return [];
    throw error;
  }
}
