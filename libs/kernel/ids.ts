import { createHmac, randomUUID } from 'node:crypto';

/** A random id (UUID version 4). */
export const newId = (): string => randomUUID();

/**
 * An id that follows from its parts and a secret: the same parts give the same id, and nobody without the secret
 * can tell the parts from it (EVENTS.md 2). Parts are separated by their lengths, so no two lists collide.
 * @returns a UUID-shaped text (version 8, RFC 9562)
 */
export function deriveId(secret: Buffer, ...parts: readonly string[]): string {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part);
  const bytes = mac.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isId = (text: unknown): text is string => typeof text === 'string' && UUID.test(text);
