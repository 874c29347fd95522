import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../errors.js';
import { Interrupted } from './failures.js';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** How long before the n-th attempt after a failure, with some chance in it so that clients do not come all at once. */
export const waitMs = (attempt: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2);

export interface Attempts {
  /** Nothing is tried again after so long. */
  readonly forMs: number;
  readonly signal: AbortSignal;
}

/**
 * Tries until it succeeds, is refused, or time is up.
 * @param attempt is told how often it was tried before
 * @throws StoreUnavailable, ambiguous: the last attempt may have been done all the same
 */
export async function retrying<T>({ forMs, signal }: Attempts, attempt: (before: number) => Promise<T>): Promise<T> {
  const untilMs = Date.now() + forMs;
  for (let before = 0; ; before++) {
    try {
      return await attempt(before);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      if (signal.aborted) throw new StoreUnavailable('The store is closed.', true, { cause: error });
      if (Date.now() >= untilMs) {
        throw new StoreUnavailable(`EventStoreDB cannot be reached: ${error.message}`, true, { cause: error });
      }
      await delay(waitMs(before), undefined, { signal }).catch(() => undefined);
    }
  }
}
