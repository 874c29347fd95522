import type { Kysely } from 'kysely';
import { bindFile, keepKeys, openKeyFile, type WrappedKey } from '../embedded/key-database.js';
import type { Erased } from '../embedded/erasure-ledger.js';
import type { VaultDatabase, VaultTables } from './schema.js';

const BATCH = 2_000;

/**
 * Copies the keys as they are at one instant, still wrapped, into `keys.db` of a folder, beside whoever uses them. The master
 * key is not asked for.
 */
export async function copyKeys(database: VaultDatabase, folder: string): Promise<void> {
  const file = openKeyFile(folder);
  try {
    await database
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (snapshot) => {
        const bound = await snapshot.selectFrom('vault_master').select('check').executeTakeFirst();
        if (bound !== undefined) bindFile(file, bound.check);
        for await (const keys of pagesOf(snapshot)) keepKeys(file, keys);
      });
    // One file that can be copied, without a write-ahead log beside it.
    file.pragma('journal_mode = DELETE');
  } finally {
    file.close();
  }
}

/** All keys, page by page in the order of their ids. */
export async function* pagesOf(database: Kysely<VaultTables>): AsyncGenerator<readonly WrappedKey[]> {
  for (let after = ''; ;) {
    const keys = await database
      .selectFrom('vault_key')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    if (keys.length === 0) return;
    yield keys;
    after = keys.at(-1)!.id;
  }
}

/** What was erased by any of the processes, in the order in which it was. */
export async function erasedThere(database: VaultDatabase): Promise<Erased[]> {
  const rows = await database.selectFrom('vault_erasure').select(['key_id', 'erased_at']).orderBy('n').execute();
  return rows.map(({ key_id, erased_at }) => ({ at: erased_at, keyIds: [key_id] }));
}
