import { randomBytes } from 'node:crypto';

/**
 * A random id (UUID version 8) that begins with a number: keys that are made together lie together in the index, so that a
 * batch touches a few pages of it and not one per key.
 */
export function keyId(number: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(number, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
