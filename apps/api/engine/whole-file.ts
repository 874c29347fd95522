import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';

/** Writes a small file so that a reader finds the old text or the new one; processes that share the folder may do so at once. */
export function writeWhole(path: string, text: string): void {
  const fresh = `${path}.${randomUUID()}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}
