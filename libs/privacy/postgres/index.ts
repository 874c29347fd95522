export { openPostgresVault, type PostgresVaultOptions } from './vault.js';
export { VAULT_MIGRATED, VAULT_MIGRATIONS, type VaultTables } from './schema.js';
export { moveKeysIn, moveKeysOut, type KeyMove } from './move-keys.js';
export { copyKeys, erasedThere } from './copy-keys.js';
