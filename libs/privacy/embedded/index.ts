export { loadMasterKey } from './master-key.js';
export { LEDGER_FILE, openEmbeddedVault, type EmbeddedVault, type EmbeddedVaultOptions } from './vault.js';
export { openEmbeddedAttachments, type EmbeddedAttachmentOptions } from './attachments.js';
export { erasedIn, mergeLedgers, type Erased } from './erasure-ledger.js';
