import { sql } from 'kysely';
import type { Instant } from '#kernel';
import { deleteKeys, durably } from './key-table.js';
import type { VaultDatabase } from './schema.js';

interface Erasure {
  readonly n: number;
  readonly key_id: string;
}

/** What became known of erasures: the keys, or that the database is another one than before (a backup was restored). */
export interface Told {
  erased(keyIds: readonly string[]): void;
  replaced(): void;
}

/**
 * The erasure ledger in the database, and how every process comes to know of it. An erasure takes an advisory lock, so that
 * numbers are committed in their order; who reads asks first what was entered after the last number it knows. So
 * a read that begins after an erasure was acknowledged, in whatever process, does not use the key from memory.
 */
export class Erasures {
  private last: Erasure | undefined;
  private asking: Promise<void> | undefined;
  private asksNext: Promise<void> | undefined;

  constructor(
    private readonly database: VaultDatabase,
    private readonly told: Told,
  ) {}

  /** Changes whenever an erasure became known. */
  get version(): number {
    return this.last?.n ?? 0;
  }

  /** Resolves when all erasures that were acknowledged before the call are known here. One question serves all who wait. */
  catchUp(): Promise<void> {
    this.asksNext ??= this.askAfter(this.asking);
    return this.asksNext;
  }

  /**
   * Destroys keys and enters them, in one transaction.
   * @param first is done before anything is destroyed, by one process at a time
   */
  async enter(at: Instant, keyIds: readonly string[], first: () => void = () => undefined): Promise<void> {
    await this.database.transaction().execute(async (trx) => {
      await durably(trx);
      await sql`select pg_advisory_xact_lock(hashtextextended('redress ' || current_schema() || ' vault', 0))`.execute(
        trx,
      );
      first();
      await deleteKeys(trx, keyIds);
      await sql`insert into vault_erasure (key_id, erased_at)
        select distinct key_id, ${at}::text from unnest(${keyIds}::text[]) as it (key_id) on conflict do nothing`.execute(
        trx,
      );
    });
    this.told.erased(keyIds);
    // The rows are dead by now; their bytes are given up to be overwritten.
    await sql`vacuum vault_key`.execute(this.database);
  }

  async all(): Promise<string[]> {
    const rows = await this.database.selectFrom('vault_erasure').select('key_id').orderBy('n').execute();
    return rows.map(({ key_id }) => key_id);
  }

  private async askAfter(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    this.asking = this.asksNext;
    this.asksNext = undefined;
    await this.ask();
  }

  private async ask(): Promise<void> {
    const { last } = this;
    const rows: Erasure[] = await this.database
      .selectFrom('vault_erasure')
      .select(['n', 'key_id'])
      .where('n', '>=', last?.n ?? 0)
      .orderBy('n')
      .execute();
    const isSame = last === undefined || (rows[0]?.n === last.n && rows[0].key_id === last.key_id);
    if (!isSame) this.told.replaced();
    const fresh = last !== undefined && isSame ? rows.slice(1) : rows;
    this.last = rows.at(-1);
    if (fresh.length > 0) this.told.erased(fresh.map(({ key_id }) => key_id));
  }
}
