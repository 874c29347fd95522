import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { keyId } from '../crypto/key-id.js';
import { unwrap, wrap } from '../crypto/wrapping.js';
import { WrongKey, WrongMasterKey } from '../errors.js';
import type { VaultDatabase, VaultTables } from './schema.js';

const KEY_BYTES = 32;

/** A key that is durable already and has not been handed out. */
export interface FreshKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The table of wrapped keys that several processes share. */
export class KeyTable {
  constructor(
    private readonly database: VaultDatabase,
    private readonly masterKey: Buffer,
  ) {}

  /** Ties the table to the master key, the first time. @throws WrongMasterKey where its keys are wrapped by another one */
  async bind(check: Buffer): Promise<void> {
    await this.database
      .insertInto('vault_master')
      .values({ one: 1, check })
      .onConflict((it) => it.doNothing())
      .execute();
    const { check: stored } = await this.database.selectFrom('vault_master').select('check').executeTakeFirstOrThrow();
    if (stored.length === check.length && timingSafeEqual(stored, check)) return;
    throw new WrongMasterKey(
      'The keys in the database were made with another master key: give every process the one they were made with ' +
        '(REDRESS_MASTER_KEY, or the same master.key in each data folder).',
    );
  }

  /** Makes keys in one transaction; they are durable when it resolves (EVENTS.md 8). */
  async make(count: number): Promise<FreshKey[]> {
    return this.database.transaction().execute(async (trx) => {
      await durably(trx);
      const { rows } = await sql<{ batch: number }>`select nextval('vault_batch') as batch`.execute(trx);
      const bytes = randomBytes(count * KEY_BYTES);
      const fresh = Array.from({ length: count }, (_, at) => ({
        id: keyId(rows[0]!.batch),
        key: bytes.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES),
      }));
      const wrapped = fresh.map(({ id, key }) => wrap(this.masterKey, id, key));
      await insertWrapped(
        trx,
        fresh.map(({ id }) => id),
        wrapped,
      );
      return fresh;
    });
  }

  /** @returns those of the keys that are there @throws WrongKey */
  async find(keyIds: readonly string[]): Promise<Map<string, Buffer>> {
    const rows = await this.database
      .selectFrom('vault_key')
      .selectAll()
      .where(sql<boolean>`id = any(${keyIds})`)
      .execute();
    return new Map(
      rows.map(({ id, wrapped }) => {
        const key = unwrap(this.masterKey, id, wrapped);
        if (!key) throw new WrongKey(id);
        return [id, key];
      }),
    );
  }

  /** Takes back keys that were never handed out. */
  async discard(keys: readonly FreshKey[]): Promise<void> {
    const ids = keys.map(({ id }) => id);
    if (ids.length > 0) await deleteKeys(this.database, ids);
  }
}

export const insertWrapped = (
  db: VaultDatabase,
  ids: readonly string[],
  wrapped: readonly Buffer[],
): Promise<unknown> =>
  sql`insert into vault_key (id, wrapped) select * from unnest(${ids}::text[], ${wrapped}::bytea[])
    on conflict do nothing`.execute(db);

export const deleteKeys = (db: VaultDatabase, keyIds: readonly string[]): Promise<unknown> =>
  db
    .deleteFrom('vault_key')
    .where(sql<boolean>`id = any(${keyIds})`)
    .execute();

/** A key and its erasure are on disk when they are committed, however the database is set. */
export const durably = (trx: Transaction<VaultTables>): Promise<unknown> =>
  sql`select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') in ('off', 'local')`.execute(
    trx,
  );
