import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPack } from './load.js';
import type { Policy } from './policy.js';

let group: Policy | undefined;

/** The pack of the real-estate group's service centre (G), as shipped. Read once. */
export function groupPack(): Policy {
  group ??= loadPack(readFileSync(join(import.meta.dirname, 'packs/group.yaml'), 'utf8'), 'packs/group.yaml');
  return group;
}
