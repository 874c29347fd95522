import { sql, type Kysely } from 'kysely';
import { SqlJobs, SqlLongJobs, type JobTables } from '#jobs/embedded';
import type { OutboxTables } from '#notifications/embedded';
import { hearNotices, type Notices } from '#sql';
import { openOutbox, type OutboxDatabase } from './outbox-place.js';
import { vaultUrl, type VaultPlace } from './vault-place.js';

/** The channel on which processes that share a ledger tell that there is something to do in it. */
const JOBS_CHANGED = 'redress_jobs';

/** What is to be done and who is to be told: one database, and how the processes that share it hear of what is new in it. */
export class JobLedger {
  readonly jobs: SqlJobs;
  readonly longJobs: SqlLongJobs;
  private readonly listeners = new Set<() => void>();
  private notices: Notices | undefined;

  private constructor(private readonly db: OutboxDatabase) {
    this.jobs = new SqlJobs(db as unknown as Kysely<JobTables>);
    this.longJobs = new SqlLongJobs(db as unknown as Kysely<JobTables>);
  }

  /** @param process `SqlWriter.process`, where there are others @throws SchemaNewer, DatabaseUnusable */
  static async open(place: VaultPlace, process?: string): Promise<JobLedger> {
    const db = await openOutbox(place, process);
    const ledger = new JobLedger(db);
    try {
      const url = vaultUrl(place);
      if (url !== undefined) ledger.notices = await hearNotices(url, JOBS_CHANGED, () => ledger.tellHere());
      return ledger;
    } catch (error) {
      await db.destroy();
      throw error;
    }
  }

  /** Who is told of what, in the same database. */
  get outbox(): Kysely<OutboxTables> {
    return this.db as unknown as Kysely<OutboxTables>;
  }

  /** There is something new to do: whoever looks for it, in whatever process, looks. */
  async changed(): Promise<void> {
    this.tellHere();
    if (this.notices) await sql`select pg_notify(${JOBS_CHANGED}, current_schema())`.execute(this.db);
  }

  /** @returns how to stop it */
  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.notices?.close();
    await this.db.destroy();
  }

  private tellHere(): void {
    for (const listener of this.listeners) listener();
  }
}
