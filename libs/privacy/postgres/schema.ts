import { sql, type Generated, type Kysely, type Migration } from 'kysely';

export interface VaultTables {
  /** Wrapped keys. One that was destroyed has no row. */
  vault_key: { id: string; wrapped: Buffer };
  /** The erasure ledger: a row per key, numbered in the order in which they were committed. */
  vault_erasure: { n: Generated<number>; key_id: string; erased_at: string };
  vault_master: { one: number; check: Buffer };
}

export type VaultDatabase = Kysely<VaultTables>;

/** Not derived from the log: no rebuild touches it. */
export const VAULT_MIGRATIONS: Readonly<Record<string, Migration>> = { 'vault-0001': { up: createTables } };

/** Where the names of the migrations that were run stand, apart from those of other tables in the same database. */
export const VAULT_MIGRATED = 'vault_migration';

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`create table vault_key (id text collate "C" primary key, wrapped bytea not null)`.execute(db);
  await sql`create table vault_erasure (n bigint generated always as identity unique,
    key_id text collate "C" primary key, erased_at text not null)`.execute(db);
  await sql`create table vault_master (one integer primary key check (one = 1), "check" bytea not null)`.execute(db);
  await sql`create sequence vault_batch`.execute(db);
}
