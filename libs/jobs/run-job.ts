import { plusMs, type Clock, type Instant } from '#kernel';
import type { Job, TakenJob } from './port.js';

/** How a failed job is tried again: after `firstMs`, each time twice as long, at most `mostMs`; dead after `attempts`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly attempts: number;
}

/** What the jobs of a queue are. */
export interface Work {
  readonly queue: string;
  readonly backoff: Backoff;
  /** At least once: after a crash it may be asked for what it has done already. */
  readonly work: (job: Job) => Promise<void>;
  readonly onFailed?: ((job: Job, failure: { readonly error: string; readonly dead: boolean }) => void) | undefined;
  /** It waits for whoever is free. */
  readonly onPutDown?: ((job: Job) => void) | undefined;
}

/** Thrown by work that a process must leave because it ends: that is no failure. */
export class PutDown extends Error {
  override readonly name = 'PutDown';
}

/** Thrown by work that would fail the same way again: it is dead at once, and a person decides. */
export class Unrecoverable extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Does a job and writes down what became of it. @throws what the ledger throws: then nobody knows, and it is done again */
export async function runJob(
  taken: TakenJob,
  { work, backoff, onFailed, onPutDown }: Work,
  clock: Clock,
): Promise<void> {
  const { job } = taken;
  try {
    await work(job);
  } catch (thrown) {
    if (thrown instanceof PutDown) {
      await taken.putDown();
      return onPutDown?.(job);
    }
    const error = codeOf(thrown);
    const retryAt = thrown instanceof Unrecoverable ? undefined : retryOf(job, backoff, clock.now());
    await taken.failed({ error, ...(retryAt !== undefined && { retryAt }) });
    onFailed?.(job, { error, dead: retryAt === undefined });
    return;
  }
  await taken.done();
}

function retryOf({ failures }: Job, { firstMs, mostMs, attempts }: Backoff, now: Instant): Instant | undefined {
  if (failures + 1 >= attempts) return undefined;
  return plusMs(now, Math.min(mostMs, firstMs * 2 ** failures));
}

/** Codes only: the message of a failure may repeat an address or a text. */
function codeOf(thrown: unknown): string {
  const { code, name } = (thrown ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' && code !== '' ? code : typeof name === 'string' ? name : 'UNKNOWN';
}
