import { hkdfSync } from 'node:crypto';

const derive = (masterKey: Buffer, info: string): Buffer => Buffer.from(hkdfSync('sha256', masterKey, '', info, 32));

/** What `Vault.secret` answers: the same for all who have the master key. */
export const secretOf = (masterKey: Buffer, purpose: string): Buffer => derive(masterKey, `redress:secret:${purpose}`);

/** By which a store of keys knows its master key again without holding it. */
export const checkOf = (masterKey: Buffer): Buffer => derive(masterKey, 'redress:check');
