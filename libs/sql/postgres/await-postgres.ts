import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { openPostgres } from './postgres.js';
import { DatabaseUnusable } from './errors.js';

const TRY_EVERY_MS = 1_000;

export interface Patience {
  /** How long one that cannot be reached is waited for: it may be starting, too. */
  readonly patienceMs: number;
  /** Told once, of the first failure. */
  readonly onWait: (failure: DatabaseUnusable) => void;
}

/**
 * Resolves when the database answers.
 * @throws DatabaseUnusable at once where waiting makes no sense (a wrong password), else when the patience is at its end
 */
export async function awaitPostgres(url: string, { patienceMs, onWait }: Patience): Promise<void> {
  const db = openPostgres<Record<string, never>>({ url, connections: 1 });
  const until = performance.now() + patienceMs;
  let isTold = false;
  try {
    for (;;) {
      try {
        await sql`select 1`.execute(db);
        return;
      } catch (error) {
        const isHopeless = !(error instanceof DatabaseUnusable) || !error.isTemporary;
        if (isHopeless || performance.now() >= until) throw error;
        if (!isTold) onWait(error);
        isTold = true;
        await pause(TRY_EVERY_MS);
      }
    }
  } finally {
    await db.destroy();
  }
}
