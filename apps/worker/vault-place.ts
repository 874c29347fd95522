import { join } from 'node:path';
import type { Clock } from '#kernel';
import type { StreamVault, Vault } from '#privacy';
import { LEDGER_FILE, openEmbeddedVault } from '#privacy/embedded';
import { openPostgresVault, VAULT_MIGRATED, VAULT_MIGRATIONS, type VaultTables } from '#privacy/postgres';
import { migrateToLatest, openPostgres } from '#sql';

/** Enough for the questions of one process; its commands and views have connections of their own. */
const CONNECTIONS = 4;

/** The settings that say where keys are. */
export interface VaultPlace {
  readonly folder: string;
  readonly databaseUrl?: string | undefined;
  readonly eventStoreUrl?: string | undefined;
}

export interface VaultOptions {
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /** Whether new keys are made: by the one of a process who decides. */
  readonly pool?: boolean;
  readonly ledgerFile?: string;
  readonly clock?: Clock;
}

/** The PostgreSQL that keeps the keys: where the log is EventStoreDB's, several processes share both. */
export const vaultUrl = ({ databaseUrl, eventStoreUrl }: VaultPlace): string | undefined =>
  eventStoreUrl === undefined ? undefined : databaseUrl;

/** Opens the keys where the settings have them. @throws WrongMasterKey, LedgerUnreadable, SchemaNewer, DatabaseUnusable */
export async function openVault(place: VaultPlace, options: VaultOptions): Promise<Vault & StreamVault> {
  const { folder } = place;
  const url = vaultUrl(place);
  if (url === undefined) return openEmbeddedVault({ folder, ...options });
  await migrateVault(url);
  const database = openPostgres<VaultTables>({ url, connections: CONNECTIONS });
  return openPostgresVault({ ledgerFile: join(folder, LEDGER_FILE), ...options, database });
}

/** @returns the names of the migrations that were run @throws SchemaNewer, DatabaseUnusable */
export async function migrateVault(url: string): Promise<readonly string[]> {
  const database = openPostgres<VaultTables>({ url, connections: 1 });
  try {
    return await migrateToLatest(database, VAULT_MIGRATIONS, VAULT_MIGRATED);
  } finally {
    await database.destroy();
  }
}
